package ai.softlabel.train;

import ai.softlabel.model.Parameter;
import ai.softlabel.model.ResNet;
import java.util.ArrayList;
import java.util.List;

/**
 * Stochastic gradient descent with Nesterov momentum, as in PyTorch's {@code SGD(nesterov=True)}: g += decay · w; v = m
 * · v + g; w -= rate · (g + m · v). Works on any range of the flat arrays, so that it can be shared out.
 */
final class Sgd {
    private final List<Segment> segments = new ArrayList<>();

    /** Neighbouring parameters that are treated alike. */
    private record Segment(int from, int to, boolean head, boolean decays) {}

    private final double headFactor;
    private final double weightDecay;

    Sgd(ResNet model, double headFactor, double weightDecay) {
        this.headFactor = headFactor;
        this.weightDecay = weightDecay;
        for (Parameter p : model.parameters()) {
            segments.add(new Segment(
                    p.offset(), p.offset() + p.size(), p.kind().head(), p.kind().decays()));
        }
    }

    /**
     * Updates the weights in [from, to).
     *
     * @param gradient the gradients' sum over the replicas
     * @param scale what the gradients are multiplied by
     * @param velocity the momentum buffer, whose index 0 is the weight {@code velocityFrom}
     */
    void update(
            float[] weights,
            float[] gradient,
            float[] velocity,
            int velocityFrom,
            int from,
            int to,
            double rate,
            double momentum,
            double scale) {
        for (Segment s : segments) {
            int a = Math.max(from, s.from());
            int b = Math.min(to, s.to());
            if (a < b) {
                float lr = (float) (rate * (s.head() ? headFactor : 1));
                float decay = (float) (s.decays() ? weightDecay : 0);
                step(weights, gradient, velocity, velocityFrom, a, b, lr, (float) momentum, decay, (float) scale);
            }
        }
    }

    // A method of its own with plain arrays, for the compiler to vectorise.
    private static void step(
            float[] w, float[] g, float[] v, int vFrom, int from, int to, float lr, float m, float decay, float scale) {
        for (int i = from; i < to; i++) {
            float grad = g[i] * scale + decay * w[i];
            float velocity = m * v[i - vFrom] + grad;
            v[i - vFrom] = velocity;
            w[i] -= lr * (grad + m * velocity);
        }
    }
}
