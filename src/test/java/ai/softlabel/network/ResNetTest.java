package ai.softlabel.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.bigdl.Graph;
import ai.softlabel.bigdl.NativeThread;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResNetTest {
    /** Torchvision's published counts for 1,000 classes. */
    @ParameterizedTest
    @CsvSource({"18,11689512,4800", "34,21797672,8512", "50,25557032,26560", "101,44549160,52672", "152,60192808,75712"
    })
    void hasTorchvisionsParameters(int depth, int parameters, int channels) {
        Model model = Model.of("resnet" + depth, 1000);
        assertEquals(parameters, model.size());
        assertEquals(2 * channels, model.statisticsSize());
        try (NativeThread thread = NativeThread.borrow(1)) {
            assertEquals(model.headOffset(), thread.call(() -> Graph.parameters(model.body(64))));
        }
    }

    @Test
    void namesAndOrderAreTorchvisions() {
        List<String> names = Model.of("resnet50", 37).parameters().stream()
                .map(Parameter::name)
                .toList();
        assertEquals(
                List.of(
                        "conv1.weight",
                        "bn1.weight",
                        "bn1.bias",
                        "layer1.0.conv1.weight",
                        "layer1.0.bn1.weight",
                        "layer1.0.bn1.bias",
                        "layer1.0.conv2.weight"),
                names.subList(0, 7));
        assertTrue(names.containsAll(
                List.of("layer1.0.downsample.0.weight", "layer4.2.bn3.bias", "fc.weight", "fc.bias")));
        assertEquals(161, names.size());
        assertThrows(IllegalArgumentException.class, () -> new ResNet(20));
        assertThrows(IllegalArgumentException.class, () -> Model.of("resnet20", 37));
    }

    private static float[] fill(float[] to, long seed) {
        SplittableRandom r = new SplittableRandom(seed);
        for (int i = 0; i < to.length; i++) {
            to[i] = (float) r.nextGaussian();
        }
        return to;
    }

    /** BatchNorms that scale, shift and have seen something. */
    private static ModelState uneven(Model model, ModelState state) {
        float[] weights = state.weights().clone();
        float[] statistics = state.statistics().clone();
        SplittableRandom r = new SplittableRandom(17);
        for (Parameter p : model.parameters()) {
            if (p.kind() == Parameter.Kind.NORM_WEIGHT || p.kind() == Parameter.Kind.NORM_BIAS) {
                boolean scale = p.kind() == Parameter.Kind.NORM_WEIGHT;
                for (int i = p.offset(); i < p.offset() + p.size(); i++) {
                    weights[i] = (float) (scale ? 0.5 + r.nextDouble() : 0.2 * r.nextGaussian());
                }
            }
        }
        for (BatchNormStatistics n : model.statistics()) {
            for (int c = 0; c < n.channels(); c++) {
                statistics[n.offset() + c] = (float) (0.3 * r.nextGaussian());
                statistics[n.offset() + n.channels() + c] = (float) (0.5 + r.nextDouble());
            }
        }
        return new ModelState(weights, statistics, 3);
    }

    private static float[] features(Model model, ModelState state) {
        try (NativeThread thread = NativeThread.borrow(2)) {
            return thread.call(() -> {
                try (Body body = new Body(model, 2, 64, state.weights(), state.statistics())) {
                    fill(body.input(), 8);
                    float[] first = body.forward().clone();
                    // Sums are written over what they are added to: the next pass begins anew all the same.
                    assertArrayEquals(first, body.forward());
                    return first;
                }
            });
        }
    }

    /** That folding itself is right, the golden logits in inference mode hold. */
    @ParameterizedTest
    @ValueSource(ints = {18, 50})
    void foldingAndUnfoldingChangeNothing(int depth) {
        Model plain = Model.of("resnet" + depth, 5);
        ModelState state = uneven(plain, Initialization.fresh(plain, 4));
        ModelState folded = Folding.fold(plain, state);
        ModelState back = Folding.unfold(plain, folded);
        Model model = Model.of("resnet" + depth, 5, true);
        assertEquals(0, model.statisticsSize());
        assertEquals(model.size(), folded.weights().length);
        float[] expected = features(plain, state);
        float[] throughFold = features(model, folded);
        float[] throughBack = features(plain, back);
        double largest = 0;
        for (float v : expected) {
            largest = Math.max(largest, Math.abs(v));
        }
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], throughFold[i], 0f);
            assertEquals(expected[i], throughBack[i], 1e-5 * largest);
        }
        int head = plain.size() - plain.headOffset();
        for (int i = 0; i < head; i++) {
            assertEquals(state.weights()[plain.headOffset() + i], back.weights()[plain.headOffset() + i]);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 97, 160})
    void anySizeRunsForwardAndBackward(int size) {
        Model model = Model.of("resnet18", 5);
        ModelState state = Initialization.fresh(model, 1);
        float[] gradient = new float[model.size()];
        try (NativeThread thread = NativeThread.borrow(2)) {
            thread.call(() -> {
                try (Network n = new Network(model, 2, size, state.weights(), gradient, state.statistics(), null)) {
                    fill(n.input(), 3);
                    for (float v : n.forward()) {
                        assertTrue(Float.isFinite(v));
                    }
                    n.backward(fill(new float[10], 4));
                }
                return null;
            });
        }
        double norm = 0;
        for (float g : gradient) {
            norm += g * g;
        }
        assertTrue(norm > 0 && Double.isFinite(norm));
    }

    /** Outputs are written over and gradients share memory, also where BatchNorms are folded: no batch sees another. */
    @ParameterizedTest
    @CsvSource({"18,false", "18,true", "50,false", "50,true"})
    void aBatchLeavesNothingBehind(int depth, boolean folded) {
        Model plain = Model.of("resnet" + depth, 5);
        ModelState state = uneven(plain, Initialization.fresh(plain, 12));
        Model model = Model.of("resnet" + depth, 5, folded);
        ModelState begin = folded ? Folding.fold(plain, state) : state;
        float[] gradient = new float[model.size()];
        try (NativeThread thread = NativeThread.borrow(2)) {
            thread.call(() -> {
                try (Network n = new Network(model, 2, 64, begin.weights(), gradient, begin.statistics(), null)) {
                    float[] first = gradient(n, gradient, 13);
                    assertFalse(java.util.Arrays.equals(first, gradient(n, gradient, 14)));
                    assertArrayEquals(first, gradient(n, gradient, 13));
                }
                return null;
            });
        }
    }

    private static float[] gradient(Network n, float[] gradient, long seed) {
        fill(n.input(), seed);
        n.forward();
        n.backward(fill(new float[10], seed));
        return gradient.clone();
    }

    /**
     * The gradient against a central difference along itself, which a wrong sign, order or scale anywhere would spoil.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theGradientIsTheDerivative(boolean folded) {
        Model model = Model.of("resnet18", 5, folded);
        ModelState fresh = Initialization.fresh(Model.of("resnet18", 5), 2);
        ModelState state =
                folded ? Folding.fold(Model.of("resnet18", 5), uneven(Model.of("resnet18", 5), fresh)) : fresh;
        float[] gradient = new float[model.size()];
        float[] direction = fill(new float[10], 5);
        try (NativeThread thread = NativeThread.borrow(2)) {
            double[] change = thread.call(() -> {
                try (Network n = new Network(model, 2, 64, state.weights(), gradient, state.statistics(), null)) {
                    fill(n.input(), 6);
                    n.forward();
                    n.backward(direction);
                    double square = 0;
                    for (float g : gradient) {
                        square += g * (double) g;
                    }
                    float[] at = state.weights().clone();
                    double[] values = new double[2];
                    double h = 1e-4 / Math.sqrt(square);
                    for (int side = 0; side < 2; side++) {
                        for (int i = 0; i < at.length; i++) {
                            state.weights()[i] = (float) (at[i] + (side == 0 ? h : -h) * gradient[i]);
                        }
                        float[] out = n.forward();
                        for (int i = 0; i < out.length; i++) {
                            values[side] += out[i] * (double) direction[i];
                        }
                    }
                    return new double[] {(values[0] - values[1]) / (2 * h), square};
                }
            });
            assertEquals(1, change[0] / change[1], 0.01);
        }
    }

    /**
     * Running statistics after training passes: x' = 0.9 x + 0.1 batch, so repeating one batch gives a geometric
     * series.
     */
    @Test
    void runningStatisticsAverageAsTorchvisions() {
        Model model = Model.of("resnet18", 5);
        ModelState state = Initialization.fresh(model, 3);
        float[] begin = fill(new float[model.statisticsSize()], 8);
        for (int i = 0; i < begin.length; i++) {
            begin[i] = Math.abs(begin[i]) + 0.5f;
        }
        try (NativeThread thread = NativeThread.borrow(2)) {
            thread.call(() -> {
                try (Network n = new Network(model, 4, 64, state.weights(), new float[model.size()], begin, null)) {
                    float[] now = new float[begin.length];
                    n.statistics(now);
                    assertArrayEquals(begin, now, 1e-6f);
                    fill(n.input(), 9);
                    n.forward();
                    float[] one = new float[begin.length];
                    n.statistics(one);
                    n.forward();
                    n.forward();
                    float[] three = new float[begin.length];
                    n.statistics(three);
                    for (int i = 0; i < begin.length; i++) {
                        double batch = (one[i] - 0.9 * begin[i]) / 0.1;
                        assertEquals(0.729 * begin[i] + 0.271 * batch, three[i], 1e-4 * (1 + Math.abs(batch)));
                    }
                    n.setStatistics(begin);
                    n.statistics(now);
                    assertArrayEquals(begin, now, 1e-6f);
                }
                return null;
            });
        }
    }

    @Test
    void aPicturesLogitsDoNotDependOnItsNeighboursOrTheThreads() {
        Model model = Model.of("resnet18", 5);
        ModelState state = Initialization.fresh(model, 4);
        float[] alone = score(model, state, 1, 11);
        assertArrayEquals(alone, score(model, state, 1, 12));
        assertArrayEquals(alone, score(model, state, 2, 11));
    }

    private static float[] score(Model model, ModelState state, int threads, long neighbours) {
        try (NativeThread thread = NativeThread.borrow(threads)) {
            return thread.call(() -> {
                try (Body body = new Body(model, 8, 64, state.weights(), state.statistics());
                        Head head = new Head(model, 8, state.weights(), null, null)) {
                    fill(body.input(), neighbours);
                    System.arraycopy(fill(new float[3 * 64 * 64], 1), 0, body.input(), 0, 3 * 64 * 64);
                    return java.util.Arrays.copyOf(head.forward(body.forward()), 5);
                }
            });
        }
    }
}
