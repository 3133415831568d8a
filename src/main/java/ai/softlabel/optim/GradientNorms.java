package ai.softlabel.optim;

import ai.softlabel.optim.Segments.Segment;
import java.util.ArrayList;
import java.util.List;

/**
 * Norms of parameters and gradients, computed in pieces by several tasks. The flat array is cut along a fixed grid; a
 * piece is the part of one segment in one grid cell. Each piece is summed separately and the pieces are added in order,
 * so that the result has the same bits for every division of the work, if all ranges start and end on the grid.
 */
public final class GradientNorms {
    /** The grid's width; tasks' ranges start at multiples of it. */
    public static final int GRID = 4096;

    private final Segments segments;
    private final int from;
    private final int to;

    /**
     * @param from start of the trained range
     * @param to end of the range, exclusive
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
     * Makes a step with the gradient scale after clipping and each segment's trust ratio.
     *
     * @param pieces the pieces of the whole range, in order
     * @param clip the norm to which the whole gradient is clipped, or 0 for no clipping, as in PyTorch's
     *     {@code clip_grad_norm_}
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
