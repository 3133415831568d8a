package ai.softlabel.train;

import ai.softlabel.Ranked;
import ai.softlabel.score.Features;
import java.util.function.Supplier;

/**
 * The training pictures, and their features for frozen epochs.
 *
 * @param pictures as they are stored
 * @param features the body's features of the same pictures, in the same partitions, with the recipe's views; used in
 *     frozen epochs only
 * @param count how many pictures an epoch has at most; its remainder after whole batches is dropped
 */
public record TrainingSet(TrainingItems<Ranked> pictures, Supplier<TrainingItems<Features>> features, int count) {}
