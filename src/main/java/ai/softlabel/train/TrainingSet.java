package ai.softlabel.train;

import ai.softlabel.Example;
import ai.softlabel.score.Features;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaRDD;

/**
 * * The training pictures, and their features for frozen epochs.
 *
 * @param examples spread over {@link ai.softlabel.data.Shards#partitions} partitions
 * @param features the body's features of the same pictures, in the same partitions, with the recipe's views; used in
 *     frozen epochs only
 * @param count how many pictures there are
 */
public record TrainingSet(JavaRDD<Example> examples, Supplier<JavaRDD<Features>> features, int count) {}
