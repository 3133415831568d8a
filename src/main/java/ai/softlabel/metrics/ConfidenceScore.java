package ai.softlabel.metrics;

/** How sure a model is of its answer, from a picture's logits, in double precision: the more, the surer. */
public enum ConfidenceScore {
    /** The largest probability of the softmax, in (0, 1] (Hendrycks and Gimpel, 2017). */
    MAX_PROBABILITY {
        @Override
        public double of(float[] logits) {
            return 1 / total(logits, largest(logits));
        }
    },
    /** The largest probability less the second, in [0, 1]; 1 for a single class. */
    MARGIN {
        @Override
        public double of(float[] logits) {
            double most = largest(logits);
            double second = Double.NEGATIVE_INFINITY;
            boolean passed = false;
            for (float z : logits) {
                if (z == most && !passed) {
                    passed = true;
                } else {
                    second = Math.max(second, z);
                }
            }
            return (0 - Math.expm1(second - most)) / total(logits, most);
        }
    },
    /** Less the entropy of the softmax, in nats: from -ln(classes) to 0. */
    ENTROPY {
        @Override
        public double of(float[] logits) {
            double most = largest(logits);
            double total = total(logits, most);
            double mean = 0;
            for (float z : logits) {
                mean += Math.exp(z - most) * (z - most) / total;
            }
            return mean - Math.log(total);
        }
    },
    /** Less the free energy: ln Σ exp(z) (Liu et al., "Energy-based Out-of-distribution Detection", 2020). */
    ENERGY {
        @Override
        public double of(float[] logits) {
            double most = largest(logits);
            return most + Math.log(total(logits, most));
        }
    };

    /**
     * The score.
     *
     * @param logits one for each class, finite, at least one
     */
    public abstract double of(float[] logits);

    /**
     * The largest logit over the p-norm, both of the logits less their mean: κ = max_k (z_k - z̄) / ‖z - z̄‖_p
     * (Cattelan and Silva, "How to Fix a Broken Confidence Estimator", 2024, MaxLogit-pNorm with centralised logits); 0
     * where all logits are equal.
     *
     * @param p above 0
     */
    public static double pNorm(float[] logits, double p) {
        double mean = 0;
        for (float z : logits) {
            mean += z;
        }
        mean /= logits.length;
        double size = 0;
        for (float z : logits) {
            size = Math.max(size, Math.abs(z - mean));
        }
        if (size == 0) {
            return 0;
        }
        // In parts of the largest, so that no power overflows.
        double sum = 0;
        for (float z : logits) {
            sum += Math.pow(Math.abs(z - mean) / size, p);
        }
        return (largest(logits) - mean) / size / Math.pow(sum, 1 / p);
    }

    private static double largest(float[] logits) {
        double most = Double.NEGATIVE_INFINITY;
        for (float z : logits) {
            most = Math.max(most, z);
        }
        return most;
    }

    /** Σ exp(z - most). */
    private static double total(float[] logits, double most) {
        double sum = 0;
        for (float z : logits) {
            sum += Math.exp(z - most);
        }
        return sum;
    }
}
