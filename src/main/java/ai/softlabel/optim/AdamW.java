package ai.softlabel.optim;

import ai.softlabel.optim.Segments.Segment;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, 2019) as in PyTorch's {@code AdamW}; the schedule's momentum
 * is the first beta. With an origin o the decay is w -= rate · decay · (w - o), also apart from the gradient.
 *
 * @param beta the second beta, in (0, 1)
 * @param epsilon added to the root, above 0
 */
public record AdamW(double beta, double epsilon) implements Optimizer {
    @Override
    public int states() {
        return 2;
    }

    @Override
    public void update(Arrays a, int from, int to, Segment segment, Step step, double trust) {
        double rate = step.rate() * segment.factor();
        double first = 1 - Math.pow(step.momentum(), step.number());
        double second = Math.sqrt(1 - Math.pow(beta, step.number()));
        if (a.origin() != null) {
            float pull = (float) (rate * segment.decay());
            for (int i = from; i < to; i++) {
                a.weights()[i] -= pull * (a.weights()[i] - a.origin()[i]);
            }
        }
        step(
                a.weights(),
                a.gradient(),
                a.state()[0],
                a.state()[1],
                from,
                to,
                (float) step.momentum(),
                (float) beta,
                a.origin() == null ? (float) (1 - rate * segment.decay()) : 1,
                (float) (rate / first),
                (float) (1 / second),
                (float) epsilon,
                (float) step.scale());
    }

    private static void step(
            float[] w,
            float[] g,
            float[] m,
            float[] v,
            int from,
            int to,
            float b1,
            float b2,
            float keep,
            float rate,
            float root,
            float eps,
            float scale) {
        for (int i = from; i < to; i++) {
            float grad = g[i] * scale;
            float mean = b1 * m[i] + (1 - b1) * grad;
            float square = b2 * v[i] + (1 - b2) * grad * grad;
            m[i] = mean;
            v[i] = square;
            w[i] = w[i] * keep - rate * mean / ((float) Math.sqrt(square) * root + eps);
        }
    }
}
