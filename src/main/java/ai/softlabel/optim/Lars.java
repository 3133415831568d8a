package ai.softlabel.optim;

import ai.softlabel.optim.Segments.Segment;

/**
 * Layer-wise adaptive rates for large batches (You et al., "Large Batch Training of Convolutional Networks", 2017) over
 * Nesterov SGD, as in timm's {@code Lars}: the gradient, weight decay included, of a parameter with weight decay is
 * multiplied by coefficient · |w| / (|g| + decay · |w|).
 *
 * @param coefficient the trust coefficient, above 0
 */
public record Lars(double coefficient) implements Optimizer {
    private static final double EPSILON = 1e-8;
    private static final Sgd SGD = new Sgd(true);

    @Override
    public int states() {
        return 1;
    }

    @Override
    public boolean wantsTrust() {
        return true;
    }

    @Override
    public double trust(double weight, double gradient, double decay) {
        return decay == 0 || weight == 0 || gradient == 0
                ? 1
                : coefficient * weight / (gradient + weight * decay + EPSILON);
    }

    @Override
    public void update(Arrays a, int from, int to, Segment segment, Step step, double trust) {
        SGD.update(a, from, to, segment, step, trust);
    }
}
