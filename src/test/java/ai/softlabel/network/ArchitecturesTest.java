package ai.softlabel.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.softlabel.bigdl.Graph;
import ai.softlabel.bigdl.Layer;
import ai.softlabel.bigdl.NativeThread;
import ai.softlabel.conformance.Comparisons;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every known network: a new one is checked as soon as it is listed. */
class ArchitecturesTest {
    private static final int CLASSES = 5;
    private static final int BATCH = 3;
    /** Tensors of each network whose gradients are compared where time is short. */
    private static final int TENSORS = 8;
    /** Half of it is what activations and max pooling, which change sides within a step, bring about at the worst. */
    private static final double ALLOWED = 0.15;

    /** Known networks of the same blocks as others, and larger. */
    private static final List<String> LARGE = List.of("resnet34", "resnet101", "resnet152", "wide_resnet50_2");

    static List<String> names() {
        return Architectures.names();
    }

    static List<String> small() {
        return names().stream().filter(n -> !LARGE.contains(n)).toList();
    }

    static List<String> large() {
        return LARGE;
    }

    @Test
    void anUnknownNameIsAnsweredWithTheKnownOnes() {
        String message = assertThrows(IllegalArgumentException.class, () -> Architectures.named("resnet20"))
                .getMessage();
        for (String name : names()) {
            assertTrue(message.contains(name), message);
            assertEquals(name, Model.of(name, CLASSES).architecture());
        }
        assertEquals(names().size(), new HashSet<>(names()).size());
    }

    @ParameterizedTest
    @MethodSource("names")
    void parametersFollowEachOtherAndHaveNamesAndGroups(String name) {
        for (boolean folded : new boolean[] {false, true}) {
            Model model = Model.of(name, CLASSES, folded);
            Set<String> seen = new HashSet<>();
            int at = 0;
            int stage = -1;
            for (Parameter p : model.parameters()) {
                assertTrue(seen.add(p.name()), p.name());
                assertEquals(at, p.offset());
                at += p.size();
                int next =
                        switch (p.group().kind()) {
                            case STEM -> -1;
                            case STAGE -> p.group().stage();
                            case HEAD -> model.stages();
                        };
                assertTrue(next == stage || next == stage + 1, p.name() + " in " + p.group());
                stage = next;
                assertEquals(p.kind().head(), p.group().equals(Group.HEAD));
            }
            assertEquals(model.size(), at);
            assertEquals(model.stages(), stage);
            assertEquals(CLASSES * (model.features() + 1), model.size() - model.headOffset());
            assertEquals(folded, model.statisticsSize() == 0);
            try (NativeThread thread = NativeThread.borrow(1)) {
                assertEquals(
                        model.headOffset(), thread.call(() -> Graph.parameters(model.body(model.leastImageSize()))));
            }
        }
    }

    private static float[] pictures(int batch, int size) {
        return pictures(batch, size, batch);
    }

    private static float[] pictures(int batch, int size, long seed) {
        SplittableRandom r = new SplittableRandom(seed);
        float[] pictures = new float[batch * 3 * size * size];
        for (int i = 0; i < pictures.length; i++) {
            pictures[i] = (float) r.nextGaussian();
        }
        return pictures;
    }

    /** Numbers as after training: uneven BatchNorms with the statistics of pictures. Call it on a native thread. */
    private static ModelState trained(Model plain) {
        float[] weights = Initialization.fresh(plain, 4).weights();
        NormPlaces places = new NormPlaces(plain.architecture());
        SplittableRandom r = new SplittableRandom(17);
        for (Parameter p : plain.parameters()) {
            boolean bias = p.kind() == Parameter.Kind.NORM_BIAS;
            if (bias || p.kind() == Parameter.Kind.NORM_WEIGHT) {
                double[] range = bias ? new double[] {-0.2, 0.2} : places.range(p);
                for (int i = p.offset(); i < p.offset() + p.size(); i++) {
                    weights[i] = (float) r.nextDouble(range[0], range[1]);
                }
            }
        }
        int size = plain.leastImageSize();
        return new ModelState(weights, MeasuredStatistics.of(plain, size, weights, pictures(8, size)), 3);
    }

    private static float[] infer(Model model, Layer layers, float[] weights, float[] statistics) {
        int size = model.leastImageSize();
        try (Graph g = Graph.compile(
                layers,
                new int[] {BATCH, 3, size, size},
                new int[] {BATCH, model.features(), 1, 1},
                Graph.Mode.INFERENCE,
                new Graph.Parameters(weights, null, 0),
                statistics)) {
            System.arraycopy(pictures(BATCH, size), 0, g.input(), 0, g.input().length);
            return g.forward().clone();
        }
    }

    /**
     * Three ways to the features: BatchNorms as they are, folded, and folded with sums in the convolutions' kernels.
     */
    @ParameterizedTest
    @MethodSource("small")
    void foldedAndInPlaceItScoresTheSame(String name) {
        foldedAndInPlaceItScoresTheSameOf(name);
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("large")
    void foldedAndInPlaceItScoresTheSameIfItIsLarge(String name) {
        foldedAndInPlaceItScoresTheSameOf(name);
    }

    private static void foldedAndInPlaceItScoresTheSameOf(String name) {
        Model plain = Model.of(name, CLASSES);
        Model folded = Model.of(name, CLASSES, true);
        int size = plain.leastImageSize();
        try (NativeThread thread = NativeThread.borrow(2)) {
            thread.call(() -> {
                ModelState state = trained(plain);
                float[] expected = infer(plain, plain.body(size), state.weights(), state.statistics());
                float[] fitting = Folding.fold(plain, state).weights();
                check(expected, infer(folded, folded.body(size), fitting, new float[0]));
                check(expected, infer(folded, folded.inferenceBody(size, false), fitting, new float[0]));
                try (Body body = new Body(plain, BATCH, size, state.weights(), state.statistics())) {
                    System.arraycopy(pictures(BATCH, size), 0, body.input(), 0, body.input().length);
                    float[] first = body.forward().clone();
                    check(expected, first);
                    assertArrayEquals(first, body.forward());
                }
                return null;
            });
        }
    }

    private static void check(float[] expected, float[] found) {
        float[] second = Arrays.copyOfRange(expected, expected.length / BATCH, 2 * expected.length / BATCH);
        assertFalse(Arrays.equals(second, Arrays.copyOf(expected, second.length)), "two pictures' features are equal");
        assertTrue(apart(expected, found) < 1e-4, "features differ by " + apart(expected, found));
    }

    /** The largest difference, relative to the largest value. */
    private static double apart(float[] expected, float[] found) {
        double largest = 0;
        double off = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            off = Math.max(off, Math.abs(expected[i] - found[i]));
        }
        return off / largest;
    }

    @ParameterizedTest
    @MethodSource("small")
    void onnxRuntimeGivesTheSameLogits(String name) throws IOException, OrtException {
        onnxRuntimeGivesTheSameLogitsOf(name);
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("large")
    void onnxRuntimeGivesTheSameLogitsIfItIsLarge(String name) throws IOException, OrtException {
        onnxRuntimeGivesTheSameLogitsOf(name);
    }

    private static void onnxRuntimeGivesTheSameLogitsOf(String name) throws IOException, OrtException {
        Model model = Model.of(name, CLASSES);
        int size = model.leastImageSize();
        float[] pictures = pictures(BATCH, size);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        float[] ours;
        try (NativeThread thread = NativeThread.borrow(2)) {
            ours = thread.call(() -> {
                ModelState state = trained(model);
                OnnxModel.write(model, state, null, size, Map.of(), file);
                try (Body body = new Body(model, BATCH, size, state.weights(), state.statistics());
                        Head head = new Head(model, BATCH, state.weights(), null, null)) {
                    System.arraycopy(pictures, 0, body.input(), 0, pictures.length);
                    return head.forward(body.forward()).clone();
                }
            });
        }
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(file.toByteArray());
                OnnxTensor input = OnnxTensor.createTensor(
                        environment, FloatBuffer.wrap(pictures), new long[] {BATCH, 3, size, size});
                OrtSession.Result result = session.run(Map.of("pictures", input))) {
            float[][] rows = (float[][]) result.get("logits").orElseThrow().getValue();
            float[] theirs = new float[ours.length];
            for (int i = 0; i < theirs.length; i++) {
                theirs[i] = rows[i / CLASSES][i % CLASSES];
            }
            Comparisons.check(
                    "ONNX graph of " + name + ": logits",
                    "onnxruntime " + environment.getVersion(),
                    apart(theirs, ours),
                    1e-4,
                    "the largest logit");
        }
    }

    @ParameterizedTest
    @MethodSource("small")
    void itsGradientIsTheDerivative(String name) {
        itsGradientIsTheDerivativeOf(name);
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("large")
    void itsGradientIsTheDerivativeIfItIsLarge(String name) {
        itsGradientIsTheDerivativeOf(name);
    }

    private static void itsGradientIsTheDerivativeOf(String name) {
        int size = Model.of(name, CLASSES).leastImageSize();
        check(name, size, 5, false, TENSORS);
        check(name, size, 2, true, TENSORS);
    }

    static List<Arguments> all() {
        List<Arguments> cases = new ArrayList<>();
        for (String name : names()) {
            for (int size : List.of(64, 97, 160)) {
                cases.add(Arguments.of(name, size, 5, false));
                cases.add(Arguments.of(name, size, 1, true));
                cases.add(Arguments.of(name, size, 3, true));
            }
        }
        return cases;
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("all")
    void itsGradientIsTheDerivativeEverywhere(String name, int size, int batch, boolean folded) {
        check(name, size, batch, folded, 10 * TENSORS);
    }

    private static void check(String name, int size, int batch, boolean folded, int tensors) {
        int stride = Math.max(1, Model.of(name, CLASSES, folded).parameters().size() / tensors);
        try (Derivatives derivatives = new Derivatives(name, size, batch, folded)) {
            Map<String, Double> errors = derivatives.errors(stride, 2, ALLOWED);
            errors.values().removeIf(e -> e <= ALLOWED);
            assertTrue(errors.isEmpty(), () -> name + " at " + size + ": gradients off: " + errors);
        }
    }

    /** A step leaves nothing behind: outputs are written over, gradients share memory, and no batch sees another. */
    @ParameterizedTest
    @MethodSource("names")
    void aBatchLeavesNothingBehind(String name) {
        Model model = Model.of(name, CLASSES);
        int size = model.leastImageSize();
        float[] gradient = new float[model.size()];
        float[] direction = pictures(1, 2);
        try (NativeThread thread = NativeThread.borrow(2)) {
            thread.call(() -> {
                ModelState state = Initialization.fresh(model, 12);
                try (Network n = new Network(model, 2, size, state.weights(), gradient, state.statistics(), null)) {
                    float[] first = step(n, gradient, pictures(2, size), direction);
                    float[] other = pictures(2, size, 14);
                    assertFalse(Arrays.equals(first, step(n, gradient, other, direction)));
                    assertArrayEquals(first, step(n, gradient, pictures(2, size), direction));
                }
                return null;
            });
        }
    }

    private static float[] step(Network n, float[] gradient, float[] pictures, float[] direction) {
        System.arraycopy(pictures, 0, n.input(), 0, n.input().length);
        n.forward();
        n.backward(Arrays.copyOf(direction, n.logits().length));
        return gradient.clone();
    }
}
