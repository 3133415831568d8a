package ai.softlabel.loss;

import java.io.Serializable;

/**
 * How a {@link LossCriterion} treats a batch, whatever the loss.
 *
 * @param reduction mean or sum over the batch
 * @param classWeights a weight of at least 0 for each class, or null for none
 * @param ignored the label (from 1, or any other whole number) whose rows count for nothing, or null for none
 */
public record BatchOptions(Reduction reduction, double[] classWeights, Integer ignored) implements Serializable {
    /** The mean over the batch, no class weights, no ignored label. */
    public static final BatchOptions MEAN = new BatchOptions(Reduction.MEAN, null, null);

    public BatchOptions {
        if (classWeights != null) {
            classWeights = classWeights.clone();
            for (int c = 0; c < classWeights.length; c++) {
                if (!(classWeights[c] >= 0 && classWeights[c] < Double.POSITIVE_INFINITY)) {
                    throw new IllegalArgumentException("expected finite class weights of at least 0, found "
                            + classWeights[c] + " for class " + (c + 1));
                }
            }
        }
    }
}
