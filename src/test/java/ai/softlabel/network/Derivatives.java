package ai.softlabel.network;

import ai.softlabel.bigdl.NativeThread;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The gradient of any known network against central differences of its output, one parameter tensor after the other.
 *
 * <p>A difference says little where an activation changes sides within the step. So few values are near an activation's
 * corners here: each BatchNorm before one leaves a quarter of its channels three deviations below zero, before a ReLU6
 * another quarter as far above six, and the others at least three from either.
 */
final class Derivatives implements AutoCloseable {
    private static final double MARGIN = 3;
    /** How far a step may change the logits, and a weight, relative to their norms. */
    private static final double LOGITS = 0.01;

    private static final double WEIGHTS = 0.003;
    /** The least change of the logits over a step, relative to their norm, that still tells something. */
    private static final double SEEN = 1e-4;

    private static final double[] SHORTER = {1, 0.1, 0.03};
    /** Pictures that folded BatchNorms' statistics are taken over; the network's are among them. */
    private static final int PICTURES = 8;

    private final SplittableRandom random = new SplittableRandom(29);
    private final NativeThread thread = NativeThread.borrow(1);
    private final Model model;
    private final float[] weights;
    private final float[] gradient;
    private final float[] direction;
    private final Network network;

    Derivatives(String architecture, int size, int batch, boolean folded) {
        Model plain = Model.of(architecture, 5);
        model = Model.of(architecture, 5, folded);
        float[] pictures = gaussian(Math.max(PICTURES, batch) * 3 * size * size);
        ModelState state = sided(plain, Initialization.fresh(plain, 2));
        if (folded) {
            float[] statistics = thread.call(() -> MeasuredStatistics.of(plain, size, state.weights(), pictures));
            weights = Folding.fold(plain, new ModelState(state.weights(), statistics, 0))
                    .weights();
        } else {
            weights = state.weights();
        }
        gradient = new float[model.size()];
        direction = gaussian(batch * model.classes());
        float[] statistics = folded ? new float[0] : state.statistics();
        network = thread.call(() -> new Network(model, batch, size, weights, gradient, statistics, null));
        System.arraycopy(pictures, 0, network.input(), 0, network.input().length);
    }

    private float[] gaussian(int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private ModelState sided(Model plain, ModelState fresh) {
        NormPlaces places = new NormPlaces(plain.architecture());
        for (Parameter p : plain.parameters()) {
            if (p.kind() != Parameter.Kind.NORM_WEIGHT) {
                continue;
            }
            // A bias follows its weight. All branches of a sum have the same channels on the same side.
            for (int c = 0; c < p.size(); c++) {
                double scale = 0.5 + 0.5 * random.nextDouble();
                double middle =
                        switch (places.follower(p)) {
                            case NONE -> 0;
                            case RELU -> (c % 4 == 0 ? -MARGIN : MARGIN) * scale;
                            case RELU6 -> c % 4 == 0 ? -MARGIN * scale : c % 4 == 1 ? 6 + MARGIN * scale : 3;
                        };
                fresh.weights()[p.offset() + c] = (float) scale;
                fresh.weights()[p.offset() + p.size() + c] = (float) middle;
            }
        }
        return fresh;
    }

    /**
     * Compares.
     *
     * @param stride every how manieth tensor, counted from the last
     * @param directions in how many random directions
     * @param enough an error that needs no second look; above it shorter steps are taken too, and the smallest error
     *     counts: activations that change sides spoil long steps, rounding short ones, a wrong gradient all
     * @return for each tensor an estimate of its gradient's error relative to its norm: along directions of random
     *     signs the derivative's mean squared difference from what the gradient says is the square of its error
     */
    Map<String, Double> errors(int stride, int directions, double enough) {
        return thread.call(() -> {
            double scale = norm(network.forward());
            network.backward(direction);
            Map<String, Double> errors = new LinkedHashMap<>();
            for (int i = model.parameters().size() - 1; i >= 0; i -= stride) {
                Parameter p = model.parameters().get(i);
                double own = norm(of(gradient, p));
                // Biases that start at zero are stepped as weights of one.
                double size = Math.max(norm(of(weights, p)) / Math.sqrt(p.size()), p.shape().length == 1 ? 1 : 0);
                double step = Math.min(LOGITS * scale / own, WEIGHTS * size);
                double error = Double.POSITIVE_INFINITY;
                for (int k = 0; k < SHORTER.length && error > enough; k++) {
                    error = Math.min(error, error(p, own, scale, step * SHORTER[k], directions));
                }
                errors.put(p.name(), error);
            }
            return errors;
        });
    }

    private double error(Parameter p, double own, double scale, double step, int directions) {
        double squares = 0;
        for (int k = 0; k < directions; k++) {
            double off = along(p, step);
            squares += off * off;
        }
        return Math.sqrt(squares / directions) / Math.max(own, SEEN * scale / step);
    }

    /** The difference along random signs less what the gradient says, over the step. */
    private double along(Parameter p, double step) {
        float[] at = of(weights, p);
        boolean[] up = new boolean[at.length];
        for (int i = 0; i < up.length; i++) {
            up[i] = random.nextBoolean();
        }
        double found = 0;
        double expected = 0;
        for (int side = 1; side >= -1; side -= 2) {
            for (int i = 0; i < at.length; i++) {
                // In float, the step is not quite what was meant.
                float moved = (float) (at[i] + (up[i] ? side : -side) * step);
                weights[p.offset() + i] = moved;
                expected += side * (double) gradient[p.offset() + i] * moved;
            }
            float[] logits = network.forward();
            for (int i = 0; i < logits.length; i++) {
                found += side * logits[i] * (double) direction[i];
            }
        }
        System.arraycopy(at, 0, weights, p.offset(), at.length);
        return (found - expected) / (2 * step);
    }

    private static float[] of(float[] values, Parameter p) {
        return Arrays.copyOfRange(values, p.offset(), p.offset() + p.size());
    }

    private static double norm(float[] values) {
        double squares = 0;
        for (float v : values) {
            squares += v * (double) v;
        }
        return Math.sqrt(squares);
    }

    @Override
    public void close() {
        thread.call(() -> {
            network.close();
            return null;
        });
        thread.close();
    }
}
