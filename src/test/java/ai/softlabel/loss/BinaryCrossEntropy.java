package ai.softlabel.loss;

import java.util.Map;
import java.util.OptionalDouble;

/** Binary cross-entropy of each class by itself: proves that the contract and the criterion take a sigmoid link. */
record BinaryCrossEntropy() implements Loss {
    @Override
    public String name() {
        return "binary-cross-entropy";
    }

    @Override
    public Map<String, Double> parameters() {
        return Map.of();
    }

    @Override
    public Link link() {
        return Link.SIGMOID;
    }

    @Override
    public double row(double[] z, double[] target, int classes, double weight, LossState state, double[] gradient) {
        double loss = 0;
        for (int j = 0; j < classes; j++) {
            loss += Math.max(z[j], 0) - z[j] * target[j] + Math.log1p(Math.exp(-Math.abs(z[j])));
            gradient[j] = weight * (1 / (1 + Math.exp(-z[j])) - target[j]);
        }
        return weight * loss;
    }

    @Override
    public OptionalDouble minimum(int classes) {
        return OptionalDouble.of(0);
    }
}
