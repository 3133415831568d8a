package ai.softlabel.loss;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Focal loss (Lin et al., "Focal Loss for Dense Object Detection", ICCV 2017; for calibration Mukhoti et al., NeurIPS
 * 2020):
 *
 * <pre>loss = -Σ q[j]·(1 - p[j])^γ·log p[j]        p = softmax(z)</pre>
 *
 * over logits z and target q: a class that is predicted well already weighs less.
 *
 * @param gamma the exponent γ, at least 0; 0 is plain cross-entropy
 */
public record FocalLoss(double gamma) implements Loss {
    static final LossType TYPE = new LossType(
            "focal",
            "cross-entropy of which each class weighs (1 - probability)^γ (Lin et al., 2017)",
            List.of(new LossParameter(
                    "gamma", 2, 0, Double.POSITIVE_INFINITY, "the exponent γ; 0 is plain cross-entropy")),
            p -> new FocalLoss(p.get("gamma")));

    public FocalLoss {
        if (!(gamma >= 0 && gamma < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("expected an exponent γ from 0, found " + gamma);
        }
    }

    @Override
    public String name() {
        return TYPE.name();
    }

    @Override
    public Map<String, Double> parameters() {
        return Map.of("gamma", gamma);
    }

    @Override
    public double row(
            double[] logits, double[] target, int classes, double weight, LossState state, double[] gradient) {
        int top = 0;
        for (int j = 1; j < classes; j++) {
            top = logits[j] > logits[top] ? j : top;
        }
        double below = 0;
        for (int j = 0; j < classes; j++) {
            below += j == top ? 0 : Math.exp(logits[j] - logits[top]);
        }
        double all = 1 + below;
        double loss = 0;
        double total = 0;
        for (int j = 0; j < classes; j++) {
            double own = Math.exp(logits[j] - logits[top]);
            // Of the largest, summed without it: 1 - p has no digits left where p is close to 1.
            double others = (j == top ? below : all - own) / all;
            double p = own / all;
            double log = j == top ? Math.log1p(below) : Math.log(all) - (logits[j] - logits[top]);
            double factor = Math.pow(others, gamma);
            loss += target[j] * factor * log;
            // p times the term's derivative by p; -log p over 1 - p tends to 1.
            double slope = -factor * (1 + gamma * p * (others > 0 ? log / others : 1));
            gradient[j] = weight * target[j] * slope;
            total += gradient[j];
        }
        for (int j = 0; j < classes; j++) {
            gradient[j] -= total * Math.exp(logits[j] - logits[top]) / all;
        }
        return weight * loss;
    }

    /** A limit, which no finite logits reach. */
    @Override
    public OptionalDouble minimum(int classes) {
        return OptionalDouble.of(0);
    }
}
