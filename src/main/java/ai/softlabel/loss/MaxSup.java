package ai.softlabel.loss;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * MaxSup (Zhou et al., "MaxSup: Overcoming Representation Collapse in Label Smoothing", 2025, arXiv 2502.15798):
 *
 * <pre>loss = Σ q[j]·ce(j) + α·(max z - mean z)        ce(j) = -log softmax(z)[j]</pre>
 *
 * over logits z and target q. Label smoothing is the same with the label's logit in place of the largest one, so that
 * it holds back correct predictions and drives wrong ones further; MaxSup holds back the largest logit, whether it is
 * the label's or not.
 *
 * <p>Where k logits are the largest, each gets 1/k of the penalty's gradient: a subgradient that does not depend on the
 * order of the classes. The authors' code raises α from 0.1 to 0.2 over the epochs; here it stays.
 *
 * @param alpha the penalty's factor α in [0, 1); at 1 and above equal logits have the least loss, and nothing is learnt
 */
public record MaxSup(double alpha) implements Loss {
    static final LossType TYPE = new LossType(
            "max-sup",
            "cross-entropy plus α times the largest logit's distance from the logits' mean (Zhou et al., 2025)",
            List.of(new LossParameter("alpha", 0.1, 0, 1, "the penalty's factor α; 0 is plain cross-entropy")),
            p -> new MaxSup(p.get("alpha")));

    public MaxSup {
        if (!(alpha >= 0 && alpha < 1)) {
            throw new IllegalArgumentException("expected a factor α in [0, 1), found " + alpha);
        }
    }

    @Override
    public String name() {
        return TYPE.name();
    }

    @Override
    public Map<String, Double> parameters() {
        return Map.of("alpha", alpha);
    }

    @Override
    public double row(
            double[] logits, double[] target, int classes, double weight, LossState state, double[] gradient) {
        double loss = CrossEntropy.row(logits, target, classes, weight, gradient);
        double max = Double.NEGATIVE_INFINITY;
        int largest = 0;
        double sum = 0;
        for (int j = 0; j < classes; j++) {
            largest = logits[j] > max ? 1 : largest + (logits[j] == max ? 1 : 0);
            max = Math.max(max, logits[j]);
            sum += logits[j];
        }
        double factor = weight * alpha;
        for (int j = 0; j < classes; j++) {
            gradient[j] += factor * ((logits[j] == max ? 1.0 / largest : 0) - 1.0 / classes);
        }
        return loss + factor * (max - sum / classes);
    }

    /**
     * That of label smoothing with ε = α: the two losses are equal where the label's logit is the largest, as it is
     * where label smoothing's is least, and MaxSup's is the greater elsewhere.
     */
    @Override
    public OptionalDouble minimum(int classes) {
        return OptionalDouble.of(Smoothing.minimum(alpha, classes));
    }
}
