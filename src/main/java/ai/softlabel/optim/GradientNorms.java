package ai.softlabel.optim;

import ai.softlabel.optim.Segments.Segment;
import java.util.ArrayList;
import java.util.List;

/**
 * GradientNorms of parameters whose arrays are summed in pieces by several hands. The flat array is cut along a fixed
 * grid; a piece is what one grid cell holds of one segment. Pieces are summed apart and then in order, so that whoever
 * summed them, the bits are the same, as long as everybody's range begins and ends on the grid.
 */
public final class GradientNorms {
    /** The grid's width; ranges that are shared out begin at multiples of it. */
    public static final int GRID = 4096;

    private final Segments segments;
    private final int from;
    private final int to;

    /**
     * @param from where the range that learns begins
     * @param to where it ends, exclusive
     */
    public GradientNorms(Segments segments, int from, int to) {
        this.segments = segments;
        this.from = from;
        this.to = to;
    }

    /** For each piece in [a, b): the sum of squares of the weights, then of the scaled gradients. */
    public double[] pieces(float[] weights, float[] gradient, double scale, int a, int b) {
        List<int[]> cells = cells(a, b);
        double[] out = new double[2 * cells.size()];
        for (int i = 0; i < cells.size(); i++) {
            double w = 0;
            double g = 0;
            for (int k = cells.get(i)[0]; k < cells.get(i)[1]; k++) {
                w += (double) weights[k] * weights[k];
                g += (double) gradient[k] * gradient[k];
            }
            out[2 * i] = w;
            out[2 * i + 1] = g * scale * scale;
        }
        return out;
    }

    /**
     * A step with the clipped scale and each segment's trust.
     *
     * @param pieces of the whole range, in order
     * @param clip the largest norm of all gradients together, or 0 for any, as in PyTorch's {@code clip_grad_norm_}
     */
    public Optimizer.Step step(Optimizer optimizer, double[] pieces, double clip, Optimizer.Step step) {
        double[] weight = new double[segments.all().size()];
        double[] gradient = new double[weight.length];
        List<int[]> cells = cells(from, to);
        double all = 0;
        for (int i = 0; i < cells.size(); i++) {
            int s = segments.index(cells.get(i)[0]);
            weight[s] += pieces[2 * i];
            gradient[s] += pieces[2 * i + 1];
            all += pieces[2 * i + 1];
        }
        double shrink = clip == 0 ? 1 : Math.min(1, clip / (Math.sqrt(all) + 1e-6));
        double[] trust = optimizer.wantsTrust() ? new double[weight.length] : null;
        for (int s = 0; trust != null && s < trust.length; s++) {
            Segment segment = segments.all().get(s);
            trust[s] = optimizer.trust(Math.sqrt(weight[s]), shrink * Math.sqrt(gradient[s]), segment.decay());
        }
        return new Optimizer.Step(step.number(), step.rate(), step.momentum(), step.scale() * shrink, trust);
    }

    private List<int[]> cells(int a, int b) {
        List<int[]> cells = new ArrayList<>();
        int at = a;
        while (at < b) {
            int end = Math.min(
                    Math.min(b, (at / GRID + 1) * GRID),
                    segments.all().get(segments.index(at)).to());
            cells.add(new int[] {at, end});
            at = end;
        }
        return cells;
    }
}
