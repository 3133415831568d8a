package ai.softlabel.optim;

import ai.softlabel.optim.Segments.Segment;

/**
 * Stochastic gradient descent with momentum as in PyTorch's {@code SGD}: g += decay · w; v = m · v + g; then w -= rate
 * · v, or with Nesterov's look-ahead w -= rate · (g + m · v). With an origin o, g += decay · (w - o): the penalty decay
 * / 2 · |w - o|² of L2-SP (Li, Grandvalet and Davoine, 2018, equation 2).
 *
 * <p>With one rate and one decay it equals BigDL's {@code SGD} bit for bit. BigDL's is not used because it updates one
 * whole array at one rate and allocates memory; here tasks update ranges, and three groups have different rates
 * (decision 005).
 *
 * @param nesterov whether to use Nesterov momentum
 */
public record Sgd(boolean nesterov) implements Optimizer {
    @Override
    public int states() {
        return 1;
    }

    @Override
    public void update(Arrays a, int from, int to, Segment segment, Step step, double trust) {
        float scale = (float) step.scale();
        float decay = (float) segment.decay();
        if (a.origin() != null) {
            pull(a.origin(), a.weights(), a.gradient(), from, to, decay, scale);
            scale = 1;
            decay = 0;
        }
        step(
                a.weights(),
                a.gradient(),
                a.state()[0],
                from,
                to,
                (float) (step.rate() * segment.factor()),
                (float) step.momentum(),
                decay,
                scale,
                (float) trust,
                nesterov ? 1 : 0);
    }

    /** Scales the gradient and adds the pull towards the origin, in place: each step makes its gradient anew. */
    private static void pull(float[] origin, float[] w, float[] g, int from, int to, float decay, float scale) {
        for (int i = from; i < to; i++) {
            g[i] = g[i] * scale + decay * (w[i] - origin[i]);
        }
    }

    // A separate method with plain arrays and no branch in the loop, so that the compiler vectorises it.
    private static void step(
            float[] w,
            float[] g,
            float[] v,
            int from,
            int to,
            float lr,
            float m,
            float decay,
            float scale,
            float trust,
            float ahead) {
        for (int i = from; i < to; i++) {
            float grad = trust * (g[i] * scale + decay * w[i]);
            float velocity = m * v[i] + grad;
            v[i] = velocity;
            w[i] -= lr * (ahead * (grad + m * velocity) + (1 - ahead) * velocity);
        }
    }
}
