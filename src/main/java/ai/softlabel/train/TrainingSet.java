package ai.softlabel.train;

import ai.softlabel.Example;
import ai.softlabel.score.Features;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaRDD;

/**
 * What is learnt from.
 *
 * @param examples spread over {@link ai.softlabel.data.Shards#partitions} partitions
 * @param features what the body makes of the same pictures, in the same partitions, with the recipe's views; asked for
 *     in frozen epochs only
 * @param count how many pictures there are
 */
public record TrainingSet(JavaRDD<Example> examples, Supplier<JavaRDD<Features>> features, int count) {}
