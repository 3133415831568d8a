package ai.softlabel.loss;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Online label smoothing (Zhang et al., "Delving Deep into Label Smoothing", IEEE Transactions on Image Processing 30,
 * 2021, arXiv 2011.12562):
 *
 * <pre>loss = α·Σ q[j]·ce(j) + (1-α)·Σ S[i][j]·q[i]·ce(j)        ce(j) = -log softmax(logits)[j]</pre>
 *
 * with S[i] the soft label of class i: the mean of softmax(logits) over the rows of class i that were predicted
 * correctly in the epoch before. It is uniform in the first epoch, and where no row of the class was correct, as in the
 * authors' code. The prediction is the class of the largest logit, of several the first. A row of a mixed target q adds
 * to its predicted class's soft label with the weight q[predicted]: 1 or 0 where the row has one label.
 *
 * <p>Learnt: S, row-major, classes². Gathered: the sums for S, then the sum of weights for each class.
 *
 * @param alpha the share α of the target itself in [0, 1)
 */
public record OnlineLabelSmoothing(double alpha) implements Loss {
    static final LossType TYPE = new LossType(
            "online-label-smoothing",
            "cross-entropy with the label and with its class's mean correct prediction of the epoch before (Zhang et al., 2021)",
            List.of(new LossParameter("alpha", 0.5, 0, 1, "the share α of the label itself")),
            p -> new OnlineLabelSmoothing(p.get("alpha")));

    public OnlineLabelSmoothing {
        if (!(alpha >= 0 && alpha < 1)) {
            throw new IllegalArgumentException("expected a share α in [0, 1), found " + alpha);
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
    public double row(double[] logits, double[] target, int n, double weight, LossState state, double[] gradient) {
        gather(logits, target, n, weight, state.gathered());
        // The whole target is put together where the gradient will be.
        for (int j = 0; j < n; j++) {
            gradient[j] = alpha * target[j];
        }
        float[] soft = state.learnt();
        for (int i = 0; i < n; i++) {
            double share = (1 - alpha) * target[i];
            for (int j = 0; share != 0 && j < n; j++) {
                gradient[j] += share * soft[i * n + j];
            }
        }
        return CrossEntropy.row(logits, gradient, n, weight, gradient);
    }

    private static void gather(double[] logits, double[] target, int n, double weight, double[] to) {
        int predicted = 0;
        for (int j = 1; j < n; j++) {
            predicted = logits[j] > logits[predicted] ? j : predicted;
        }
        double share = weight * target[predicted];
        if (share == 0) {
            return;
        }
        double sum = 0;
        for (int j = 0; j < n; j++) {
            sum += Math.exp(logits[j] - logits[predicted]);
        }
        for (int j = 0; j < n; j++) {
            to[predicted * n + j] += share * Math.exp(logits[j] - logits[predicted]) / sum;
        }
        to[n * n + predicted] += share;
    }

    @Override
    public float[] initial(int classes) {
        float[] uniform = new float[classes * classes];
        Arrays.fill(uniform, 1f / classes);
        return uniform;
    }

    @Override
    public int gathered(int classes) {
        return classes * classes + classes;
    }

    @Override
    public float[] fold(float[] learnt, double[] sums, int classes) {
        float[] out = initial(classes);
        for (int k = 0; k < out.length; k++) {
            double count = sums[classes * classes + k / classes];
            if (count > 0) {
                out[k] = (float) (sums[k] / count);
            }
        }
        return out;
    }
}
