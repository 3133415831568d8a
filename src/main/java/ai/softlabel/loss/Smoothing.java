package ai.softlabel.loss;

import java.io.Serializable;

/**
 * What a {@link LabelSmoothingCriterion} computes.
 *
 * @param epsilon the smoothing ε in [0, 1); 0 is plain cross-entropy
 * @param reduction mean or sum over the batch
 * @param classWeights a weight of at least 0 for each class, or null for none
 * @param ignored the label (from 1, or any other whole number) whose rows count for nothing, or null for none
 */
public record Smoothing(double epsilon, Reduction reduction, double[] classWeights, Integer ignored)
        implements Serializable {
    public Smoothing {
        LabelSmoothing.of(epsilon);
        classWeights = new BatchOptions(reduction, classWeights, ignored).classWeights();
    }

    /** Smoothing by ε, the mean over the batch, no class weights, no ignored label. */
    public static Smoothing of(double epsilon) {
        return new Smoothing(epsilon, Reduction.MEAN, null, null);
    }

    BatchOptions options() {
        return new BatchOptions(reduction, classWeights, ignored);
    }

    /**
     * The least loss that any logits reach on one row: the entropy, in nats, of the smoothed target, which gives 1 - ε
     * + ε/N to the correct class and ε/N to each other.
     */
    public static double minimum(double epsilon, int classes) {
        double correct = 1 - epsilon + epsilon / classes;
        double other = epsilon / classes;
        return 0 - correct * Math.log(correct) - (other == 0 ? 0 : (classes - 1) * other * Math.log(other));
    }

    /**
     * The margin (logit of the correct class minus each other logit) at which the loss is minimal: ln((1-ε+ε/N)/(ε/N)),
     * infinite for an ε of 0.
     */
    public static double margin(double epsilon, int classes) {
        return Math.log((1 - epsilon + epsilon / classes) / (epsilon / classes));
    }
}
