package ai.softlabel.loss;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Margin-based label smoothing, MbLS (Liu et al., "The Devil is in the Margin: Margin-based Label Smoothing for Network
 * Calibration", CVPR 2022, arXiv 2111.15430):
 *
 * <pre>loss = Σ q[j]·ce(j) + α/K·Σ max(0, max z - z[j] - m)        ce(j) = -log softmax(z)[j]</pre>
 *
 * over logits z and target q of K classes. Only what the largest logit exceeds another by more than the margin m costs.
 * The mean over the classes is that of the authors' code; their paper has a sum.
 *
 * <p>Where k logits are the largest, each gets 1/k of the penalty's gradient, as in {@link MaxSup}.
 *
 * @param alpha the penalty's factor α in [0, 1)
 * @param margin the distance m that costs nothing, at least 0
 */
public record MarginSmoothing(double alpha, double margin) implements Loss {
    static final LossType TYPE = new LossType(
            "margin-smoothing",
            "cross-entropy plus α times the mean of what logits lie further than a margin below the largest (MbLS; Liu et al., 2022)",
            List.of(
                    new LossParameter("alpha", 0.1, 0, 1, "the penalty's factor α; 0 is plain cross-entropy"),
                    new LossParameter(
                            "margin",
                            10,
                            0,
                            Double.POSITIVE_INFINITY,
                            "the distance between logits that costs nothing")),
            p -> new MarginSmoothing(p.get("alpha"), p.get("margin")));

    public MarginSmoothing {
        if (!(alpha >= 0 && alpha < 1) || !(margin >= 0 && margin < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "expected a factor α in [0, 1) and a margin from 0, found " + alpha + " and " + margin);
        }
    }

    @Override
    public String name() {
        return TYPE.name();
    }

    @Override
    public Map<String, Double> parameters() {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("alpha", alpha);
        values.put("margin", margin);
        return values;
    }

    @Override
    public double row(
            double[] logits, double[] target, int classes, double weight, LossState state, double[] gradient) {
        double loss = CrossEntropy.row(logits, target, classes, weight, gradient);
        double max = Double.NEGATIVE_INFINITY;
        int largest = 0;
        for (int j = 0; j < classes; j++) {
            largest = logits[j] > max ? 1 : largest + (logits[j] == max ? 1 : 0);
            max = Math.max(max, logits[j]);
        }
        double factor = weight * alpha / classes;
        double beyond = 0;
        int far = 0;
        for (int j = 0; j < classes; j++) {
            double over = max - logits[j] - margin;
            if (over > 0) {
                beyond += over;
                far++;
                gradient[j] -= factor;
            }
        }
        for (int j = 0; j < classes; j++) {
            gradient[j] += logits[j] == max ? factor * far / largest : 0;
        }
        return loss + factor * beyond;
    }
}
