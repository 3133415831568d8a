package ai.softlabel.loss;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Cross-entropy with label smoothing (Szegedy et al., "Rethinking the Inception Architecture", 2016, section 7); see
 * {@link LabelSmoothingCriterion} for the formula.
 *
 * @param epsilon the smoothing ε in [0, 1); 0 is plain cross-entropy
 */
public record LabelSmoothing(double epsilon) implements Loss {
    static final LossType TYPE = new LossType(
            "label-smoothing",
            "cross-entropy with a target of 1-ε+ε/N for the label and ε/N for each other class (Szegedy et al., 2016)",
            List.of(new LossParameter("epsilon", 0.1, 0, 1, "the smoothing ε; 0 is plain cross-entropy")),
            p -> new LabelSmoothing(p.get("epsilon")));

    public LabelSmoothing {
        if (!(epsilon >= 0 && epsilon < 1)) {
            throw new IllegalArgumentException("expected a smoothing ε in [0, 1), found " + epsilon);
        }
    }

    /** Smoothing by ε. */
    public static LabelSmoothing of(double epsilon) {
        return new LabelSmoothing(epsilon);
    }

    @Override
    public String name() {
        return TYPE.name();
    }

    @Override
    public Map<String, Double> parameters() {
        return Map.of("epsilon", epsilon);
    }

    /** The entropy of the smoothed target. */
    @Override
    public OptionalDouble minimum(int classes) {
        return OptionalDouble.of(Smoothing.minimum(epsilon, classes));
    }

    @Override
    public double row(
            double[] logits, double[] target, int classes, double weight, LossState state, double[] gradient) {
        return row(epsilon, logits, target, classes, weight, null, gradient);
    }

    /** Each class's terms by its weight, as PyTorch's {@code CrossEntropyLoss(weight, label_smoothing)} has it. */
    @Override
    public Loss weighted(double[] classWeights) {
        return new Weighted(epsilon, classWeights);
    }

    private record Weighted(double epsilon, double[] classWeights) implements Loss {
        @Override
        public String name() {
            return TYPE.name();
        }

        @Override
        public Map<String, Double> parameters() {
            return Map.of("epsilon", epsilon);
        }

        @Override
        public double row(
                double[] logits, double[] target, int classes, double weight, LossState state, double[] gradient) {
            return LabelSmoothing.row(epsilon, logits, target, classes, weight, classWeights, gradient);
        }
    }

    /**
     * The loss for the target distribution q, all on the label i where the row has one: (1-ε)·Σ q[j]·w[j]·ce(j) + ε·Σ
     * w[j]·ce(j)/N.
     *
     * @param w the class weights, or null for none
     */
    private static double row(
            double epsilon, double[] logits, double[] q, int n, double weight, double[] w, double[] gradient) {
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < n; j++) {
            max = Math.max(max, logits[j]);
        }
        double sum = 0;
        for (int j = 0; j < n; j++) {
            sum += Math.exp(logits[j] - max);
        }
        double log = Math.log(sum);
        double ceOfTarget = 0;
        double sumOfCe = 0;
        double total = 0;
        for (int j = 0; j < n; j++) {
            double own = w == null ? 1 : w[j];
            double ce = log - (logits[j] - max);
            ceOfTarget += q[j] * own * ce;
            sumOfCe += own * ce;
            total += own * ((1 - epsilon) * q[j] + epsilon / n);
        }
        for (int j = 0; j < n; j++) {
            double target = (w == null ? 1 : w[j]) * ((1 - epsilon) * q[j] + epsilon / n);
            gradient[j] = weight * (total * Math.exp(logits[j] - max - log) - target);
        }
        return weight * ((1 - epsilon) * ceOfTarget + epsilon * sumOfCe / n);
    }
}
