package ai.softlabel.loss;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Binary cross-entropy of each class by itself, for pictures of several classes or none, with label smoothing:
 *
 * <pre>loss = Σ (log(1 + e^z[j]) - t[j]·z[j]) / N        t[j] = y[j]·(1-ε) + ε/2</pre>
 *
 * <p>with z the logits, y[j] in [0, 1] whether the picture is of class j, and N the number of classes: PyTorch's
 * {@code BCEWithLogitsLoss} on the targets t.
 *
 * @param epsilon the smoothing ε in [0, 1); 0 is plain binary cross-entropy
 */
public record BinaryCrossEntropy(double epsilon) implements Loss {
    static final LossType TYPE = new LossType(
            "binary-cross-entropy",
            "for pictures of several labels: a sigmoid for each, with targets of 1-ε/2 and ε/2",
            List.of(new LossParameter("epsilon", 0.1, 0, 1, "the smoothing ε; 0 is plain binary cross-entropy")),
            p -> new BinaryCrossEntropy(p.get("epsilon")));

    public BinaryCrossEntropy {
        LabelSmoothing.of(epsilon);
    }

    @Override
    public String name() {
        return TYPE.name();
    }

    @Override
    public Map<String, Double> parameters() {
        return Map.of("epsilon", epsilon);
    }

    @Override
    public Link link() {
        return Link.SIGMOID;
    }

    /** The entropy of the smoothed target, which is one of two classes: no and yes. */
    @Override
    public OptionalDouble minimum(int classes) {
        return OptionalDouble.of(Smoothing.minimum(epsilon, 2));
    }

    @Override
    public double row(double[] z, double[] target, int classes, double weight, LossState state, double[] gradient) {
        double loss = 0;
        for (int j = 0; j < classes; j++) {
            double t = target[j] * (1 - epsilon) + epsilon / 2;
            loss += Math.max(z[j], 0) - z[j] * t + Math.log1p(Math.exp(-Math.abs(z[j])));
            gradient[j] = weight * (1 / (1 + Math.exp(-z[j])) - t) / classes;
        }
        return weight * loss / classes;
    }
}
