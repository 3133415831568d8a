package ai.softlabel.network;

import ai.softlabel.bigdl.NativeThread;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The gradient of a network against central differences of its output, one parameter tensor after the other.
 *
 * <p>A difference says little where ReLUs change sides within the step, or where the step drowns in float32's rounding.
 * So in this network few inputs of ReLUs are near zero: each BatchNorm shifts a quarter of its channels three
 * deviations below zero and the others three above, the same ones for all that a residual sum adds up. With the ReLUs
 * on their sides a network with folded norms is linear in each tensor, and one with BatchNorms is smooth.
 */
final class Differences implements AutoCloseable {
    private static final double MARGIN = 3;
    /** How far a step may change the logits, and a weight, relative to their norms. */
    private static final double LOGITS = 0.01;

    private static final double WEIGHTS = 0.003;
    /** The least change of the logits over a step, relative to their norm, that still tells something. */
    private static final double SEEN = 1e-4;
    /** Pictures that the folded norms' statistics are taken over; the network's are among them. */
    private static final int PICTURES = 8;

    /** A network to look at. */
    record Case(int depth, int size, int batch, boolean folded) {}

    private final SplittableRandom random = new SplittableRandom(23);
    private final NativeThread thread = NativeThread.borrow(1);
    private final Case what;
    private final Model model;
    private final float[] weights;
    private final float[] gradient;
    private final float[] direction;
    private final Network network;

    Differences(Case what) {
        this.what = what;
        Model plain = Model.of("resnet" + what.depth(), 5);
        model = Model.of("resnet" + what.depth(), 5, what.folded());
        float[] pictures = gaussian(Math.max(PICTURES, what.batch()) * 3 * what.size() * what.size());
        ModelState state = sided(plain, Initialization.fresh(plain, 2));
        weights = what.folded()
                ? Folding.fold(plain, measured(plain, state, pictures)).weights()
                : state.weights();
        gradient = new float[model.size()];
        direction = gaussian(what.batch() * model.classes());
        float[] statistics = what.folded() ? new float[0] : state.statistics();
        network = thread.call(() -> new Network(model, what.batch(), what.size(), weights, gradient, statistics, null));
        System.arraycopy(pictures, 0, network.input(), 0, network.input().length);
    }

    private float[] gaussian(int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** BatchNorms that leave every channel on one side of zero. */
    private ModelState sided(Model plain, ModelState fresh) {
        for (Parameter p : plain.parameters()) {
            String name = p.name();
            if (p.kind() != Parameter.Kind.NORM_WEIGHT) {
                continue;
            }
            // A bias follows its weight.
            for (int c = 0; c < p.size(); c++) {
                boolean below = c % 4 == (name.startsWith("layer") ? name.charAt(5) - '0' : 0);
                double scale = 0.5 + random.nextDouble();
                fresh.weights()[p.offset() + c] = (float) scale;
                fresh.weights()[p.offset() + p.size() + c] = (float) (below ? -MARGIN * scale : MARGIN * scale);
            }
        }
        return fresh;
    }

    /** With the statistics of these pictures, so that what is folded has its channels on the same sides. */
    private ModelState measured(Model plain, ModelState state, float[] pictures) {
        int batch = pictures.length / (3 * what.size() * what.size());
        float[] statistics = new float[plain.statisticsSize()];
        thread.call(() -> {
            float[] unused = new float[plain.size()];
            try (Network n = new Network(plain, batch, what.size(), state.weights(), unused, statistics, null)) {
                System.arraycopy(pictures, 0, n.input(), 0, pictures.length);
                n.forward();
                // From zero one step of the average of momentum 0.1 has come a tenth of the way.
                n.statistics(statistics);
            }
            return null;
        });
        for (int i = 0; i < statistics.length; i++) {
            statistics[i] *= 10;
        }
        return new ModelState(state.weights(), statistics, 0);
    }

    /**
     * Compares.
     *
     * @param stride every how manieth tensor, counted from the last
     * @param directions in how many random directions
     * @return for each tensor an estimate of its gradient's error relative to its norm: along directions of random
     *     signs the derivative's mean squared difference from what the gradient says is the square of its error
     */
    Map<String, Double> errors(int stride, int directions) {
        return thread.call(() -> {
            double scale = norm(network.forward());
            network.backward(direction);
            Map<String, Double> errors = new LinkedHashMap<>();
            for (int i = model.parameters().size() - 1; i >= 0; i -= stride) {
                Parameter p = model.parameters().get(i);
                double h =
                        Math.min(LOGITS * scale / norm(gradient, p), WEIGHTS * norm(weights, p) / Math.sqrt(p.size()));
                double squares = 0;
                for (int k = 0; k < directions; k++) {
                    double off = along(p, h);
                    squares += off * off;
                }
                errors.put(p.name(), Math.sqrt(squares / directions) / Math.max(norm(gradient, p), SEEN * scale / h));
            }
            return errors;
        });
    }

    /** The difference along random signs less the gradient's part there, for a step of one. */
    private double along(Parameter p, double step) {
        float[] at = Arrays.copyOfRange(weights, p.offset(), p.offset() + p.size());
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
            found += side * value();
        }
        System.arraycopy(at, 0, weights, p.offset(), at.length);
        return (found - expected) / (2 * step);
    }

    private double value() {
        float[] logits = network.forward();
        double sum = 0;
        for (int i = 0; i < logits.length; i++) {
            sum += logits[i] * (double) direction[i];
        }
        return sum;
    }

    private static double norm(float[] values) {
        double squares = 0;
        for (float v : values) {
            squares += v * (double) v;
        }
        return Math.sqrt(squares);
    }

    private static double norm(float[] values, Parameter p) {
        return norm(Arrays.copyOfRange(values, p.offset(), p.offset() + p.size()));
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
