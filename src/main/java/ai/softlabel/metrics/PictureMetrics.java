package ai.softlabel.metrics;

/**
 * What one picture adds to a {@link Summary}, computed once.
 *
 * @param probabilities one for each class
 * @param label the correct class, from 0
 * @param predicted the class of the largest probability, of several the first
 * @param confidence the largest probability
 * @param correct whether the label is the predicted class
 * @param inTop whether the label is among the five most probable, ties by the order of the classes
 * @param nll -log of the label's probability, in nats
 * @param brier Σ (p - target)² over the classes, 0 to 2
 * @param entropy of the probabilities, in nats
 */
public record PictureMetrics(
        double[] probabilities,
        int label,
        int predicted,
        double confidence,
        boolean correct,
        boolean inTop,
        double nll,
        double brier,
        double entropy) {
    /** A probability below this counts as this in the logarithm of NLL. */
    public static final double LEAST_PROBABILITY = Double.MIN_NORMAL;

    private static final int TOP = 5;

    /**
     * Scores a picture.
     *
     * @param probabilities one for each class, in [0, 1], their sum 1
     * @param label the correct class, from 0
     * @throws IllegalArgumentException where a probability is outside [0, 1] or not a number, or the label is no class
     */
    public static PictureMetrics of(double[] probabilities, int label) {
        if (label < 0 || label >= probabilities.length) {
            throw new IllegalArgumentException(
                    "expected a label from 0 to " + (probabilities.length - 1) + ", found " + label);
        }
        int best = 0;
        int better = 0;
        double squares = 0;
        double disorder = 0;
        for (int c = 0; c < probabilities.length; c++) {
            double p = probabilities[c];
            if (!(p >= 0 && p <= 1)) {
                throw new IllegalArgumentException("expected probabilities in [0, 1], found " + p + " for class " + c);
            }
            best = p > probabilities[best] ? c : best;
            better += p > probabilities[label] || (p == probabilities[label] && c < label) ? 1 : 0;
            double miss = p - (c == label ? 1 : 0);
            squares += miss * miss;
            disorder -= p == 0 ? 0 : p * Math.log(p);
        }
        return new PictureMetrics(
                probabilities,
                label,
                best,
                probabilities[best],
                best == label,
                better < TOP,
                -Math.log(Math.max(probabilities[label], LEAST_PROBABILITY)),
                squares,
                disorder);
    }
}
