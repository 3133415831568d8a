package ai.softlabel.loss;

/** Cross-entropy of softmax(logits) with a target distribution, which several losses are made of. */
final class CrossEntropy {
    private CrossEntropy() {}

    /**
     * Σ q[j]·ce(j) with ce(j) = -log softmax(logits)[j], and its gradient, each times {@code weight}.
     *
     * @param gradient may be {@code q} itself
     */
    static double row(double[] logits, double[] q, int classes, double weight, double[] gradient) {
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < classes; j++) {
            max = Math.max(max, logits[j]);
        }
        double sum = 0;
        for (int j = 0; j < classes; j++) {
            sum += Math.exp(logits[j] - max);
        }
        double log = Math.log(sum);
        double loss = 0;
        double total = 0;
        for (int j = 0; j < classes; j++) {
            loss += q[j] * (log - (logits[j] - max));
            total += q[j];
        }
        for (int j = 0; j < classes; j++) {
            gradient[j] = weight * (total * Math.exp(logits[j] - max - log) - q[j]);
        }
        return weight * loss;
    }
}
