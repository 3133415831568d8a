package ai.softlabel.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.TestFiles;
import ai.softlabel.bigdl.NativeThread;
import ai.softlabel.loss.BatchLoss;
import ai.softlabel.loss.LabelSmoothing;
import ai.softlabel.network.Architectures;
import ai.softlabel.network.Body;
import ai.softlabel.network.Head;
import ai.softlabel.network.Model;
import ai.softlabel.network.Network;
import ai.softlabel.network.NormPlaces;
import ai.softlabel.network.Parameter;
import ai.softlabel.network.Safetensors;
import ai.softlabel.optim.Optimizer;
import ai.softlabel.optim.Schedule;
import ai.softlabel.optim.Segments;
import ai.softlabel.optim.Sgd;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The networks against torchvision's, from the same weights and pictures; see {@code src/test/python/make_golden.py}.
 */
class ModelConformanceTest {
    private static final int CLASSES = 37;
    private static final int SKETCH = 1024;
    /** The sets of pictures whose gradients are compared. */
    private static final int[] SETS = {0, 1, 2, 4};
    /** Half of a float's last place, relative. */
    private static final double UNIT = 0x1p-24;

    /** Weights by name, as {@code fill} in the script. */
    private static float[] weights(Model model) {
        float[] w = new float[model.size()];
        NormPlaces places = new NormPlaces(model.architecture());
        for (Parameter p : model.parameters()) {
            int[] s = p.shape();
            switch (p.kind()) {
                case CONVOLUTION ->
                    Streams.fill(p.name(), w, p.offset(), p.size(), -1, 1, Math.sqrt(3 * 2.0 / (s[0] * s[2] * s[3])));
                case HEAD_WEIGHT, HEAD_BIAS ->
                    Streams.fill(p.name(), w, p.offset(), p.size(), -1, 1, 1 / Math.sqrt(model.features()));
                case NORM_WEIGHT -> {
                    double[] range = places.range(p);
                    Streams.fill(p.name(), w, p.offset(), p.size(), range[0], range[1], 1);
                }
                default -> Streams.fill(p.name(), w, p.offset(), p.size(), -0.2, 0.2, 1);
            }
        }
        return w;
    }

    private static float[] statistics(Model model) {
        float[] s = new float[model.statisticsSize()];
        model.statistics().forEach(n -> Arrays.fill(s, n.offset() + n.channels(), n.offset() + 2 * n.channels(), 1f));
        return s;
    }

    private record Outcome(
            double[] training,
            double[] inference,
            List<double[]> gradients,
            List<double[]> rounded,
            double[] statistics) {}

    private static Outcome run(Model model, int size, int batch) {
        float[] weights = weights(model);
        float[] gradients = new float[model.size()];
        float[] running = statistics(model);
        float[] labels = new float[batch];
        int[] y = Streams.whole("labels/" + size, batch, CLASSES);
        for (int i = 0; i < batch; i++) {
            labels[i] = y[i] + 1;
        }
        try (NativeThread thread = NativeThread.borrow(2)) {
            return thread.call(() -> {
                try (Network n = new Network(model, batch, size, weights, gradients, running, null)) {
                    BatchLoss loss = new BatchLoss(LabelSmoothing.of(0.1), labels, n.logits(), batch, CLASSES);
                    List<double[]> sketches = new ArrayList<>();
                    double[] training = null;
                    double[] inference = null;
                    for (int k : SETS) {
                        if (k == 4) {
                            training = Streams.doubles(n.logits());
                            n.statistics(running);
                            inference = infer(model, size, batch, weights, running);
                        }
                        sketches.add(gradient(n, loss, size, k, gradients));
                    }
                    List<double[]> rounded = new ArrayList<>();
                    float[] exact = weights.clone();
                    // In a large network so many ReLUs change sides that once is enough.
                    for (int round = 0; round < (model.size() < 22_000_000 ? 4 : 1); round++) {
                        round(model, exact, weights, round);
                        for (int k : SETS) {
                            rounded.add(gradient(n, loss, size, k, gradients));
                        }
                    }
                    return new Outcome(training, inference, sketches, rounded, Streams.doubles(running));
                }
            });
        }
    }

    /** The sketch of the gradient over a set of pictures. */
    private static double[] gradient(Network n, BatchLoss loss, int size, int k, float[] gradients) {
        Streams.fill("pictures/" + size + "/" + k, n.input(), 0, n.input().length, -2, 2, 1);
        n.forward();
        loss.forward();
        n.backward(loss.gradient());
        return Streams.sketch("gradient", Streams.doubles(gradients), SKETCH);
    }

    /**
     * Moves each weight by the rounding error that is to be expected of a sum of n products, sqrt(n) units (Higham and
     * Mary, "A New Approach to Probabilistic Rounding Error Analysis", 2019, theorem 2.4), n being what goes into a
     * value of the layer's output; where there is one product, by the last place.
     */
    private static void round(Model model, float[] exact, float[] weights, int round) {
        for (Parameter p : model.parameters()) {
            int terms = p.shape().length == 1 ? 4 : p.size() / p.shape()[0];
            int[] signs = Streams.whole("rounding/" + round + "/" + p.name(), p.size(), 2);
            for (int i = 0; i < p.size(); i++) {
                double factor = 1 + (2 * signs[i] - 1) * Math.sqrt(terms) * UNIT;
                weights[p.offset() + i] = (float) (exact[p.offset() + i] * factor);
            }
        }
    }

    /** The root mean square over sets and roundings of what rounding changes the gradient by, relative to its norm. */
    private static double conditioning(Safetensors golden, Outcome o) {
        double[] norms = read(golden, "gradient_norms");
        double squares = 0;
        for (int i = 0; i < o.rounded().size(); i++) {
            int k = i % SETS.length;
            double change = Streams.distance(o.rounded().get(i), o.gradients().get(k)) / norms[k];
            squares += change * change;
        }
        return Math.sqrt(squares / o.rounded().size());
    }

    private static double[] infer(Model model, int size, int batch, float[] weights, float[] running) {
        try (Body body = new Body(model, batch, size, weights, running);
                Head head = new Head(model, batch, weights, null, null)) {
            Streams.fill("pictures/" + size + "/3", body.input(), 0, body.input().length, -2, 2, 1);
            return Streams.doubles(head.forward(body.forward()));
        }
    }

    /** The root mean square over the sets of pictures of the gradient's relative error, as its sketch estimates it. */
    private static double gradientError(Safetensors golden, List<double[]> found) {
        double[] sketches = read(golden, "gradient_sketches");
        double[] norms = read(golden, "gradient_norms");
        double squares = 0;
        for (int k = 0; k < norms.length; k++) {
            double[] expected = Arrays.copyOfRange(sketches, k * SKETCH, (k + 1) * SKETCH);
            double error = Streams.distance(expected, found.get(k)) / norms[k];
            squares += error * error;
        }
        return Math.sqrt(squares / norms.length);
    }

    private static double[] read(Safetensors file, String name) {
        float[] out = new float[Arrays.stream(file.shape(name)).reduce(1, (a, b) -> a * b)];
        file.floats(name, out, 0);
        return Streams.doubles(out);
    }

    private static double worst(double[] expected, double[] found) {
        double largest = 0;
        double off = 0;
        assertEquals(expected.length, found.length);
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            off = Math.max(off, Math.abs(expected[i] - found[i]));
        }
        return off / largest;
    }

    /** Every network there is; a new one needs its golden files. */
    static List<Arguments> small() {
        List<Arguments> cases = new ArrayList<>();
        Architectures.names().forEach(name -> cases.add(Arguments.of(name, 64)));
        List.of("resnet18", "resnet50", "mobilenet_v2").forEach(name -> cases.add(Arguments.of(name, 128)));
        cases.add(Arguments.of("resnet18", 224));
        return cases;
    }

    static List<Arguments> large() {
        List<Arguments> cases = new ArrayList<>();
        for (String name : Architectures.names()) {
            if (!List.of("resnet18", "resnet50", "mobilenet_v2").contains(name)) {
                cases.add(Arguments.of(name, 128));
            }
        }
        List.of("resnet50", "mobilenet_v2").forEach(name -> cases.add(Arguments.of(name, 224)));
        return cases;
    }

    @ParameterizedTest
    @MethodSource("small")
    void logitsGradientAndStatisticsAreTorchvisions(String architecture, int size) {
        check(architecture, size);
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("large")
    void theyAreOverLargePicturesToo(String architecture, int size) {
        check(architecture, size);
    }

    private static void check(String architecture, int size) {
        Safetensors golden =
                Safetensors.read("golden", TestFiles.bytes("golden/" + architecture + "-" + size + ".safetensors"));
        int batch = Integer.parseInt(golden.metadata().get("batch"));
        String reference = "PyTorch " + golden.metadata().get("torch") + " float64";
        Model model = Model.of(architecture, CLASSES);
        assertEquals(Integer.parseInt(golden.metadata().get("parameters")), model.size());
        Outcome o = run(model, size, batch);
        String name = title(architecture) + " at " + size + ": ";
        double gradient = gradientError(golden, o.gradients());
        double statistics =
                Streams.distance(read(golden, "statistics"), Streams.sketch("statistics", o.statistics(), 1024))
                        / read(golden, "statistics_norm")[0];
        Comparisons.check(
                name + "logits, training",
                reference,
                worst(read(golden, "training_logits"), o.training()),
                1e-4,
                "the largest logit");
        Comparisons.check(
                name + "logits, inference",
                reference,
                worst(read(golden, "inference_logits"), o.inference()),
                1e-4,
                "the largest logit");
        Comparisons.check(name + "running statistics after three passes", reference, statistics, 1e-5, "their norm");
        double allowed = 2 * conditioning(golden, o);
        assertTrue(allowed < 0.1, name + "a gradient that rounding changes by half of " + allowed + " says nothing");
        Comparisons.check(
                name + "gradient",
                reference,
                gradient,
                allowed,
                "its norm; allowed is twice what float32's rounding of the weights changes it by");
    }

    /** What papers call a network. */
    private static String title(String architecture) {
        return switch (architecture) {
            case "resnext50_32x4d" -> "ResNeXt-50 32x4d";
            case "wide_resnet50_2" -> "Wide ResNet-50-2";
            case "mobilenet_v2" -> "MobileNetV2";
            default -> architecture.replaceFirst("^resnet(?=\\d+$)", "ResNet-");
        };
    }

    @ParameterizedTest
    @CsvSource({"resnet18,128,2e-3", "resnext50_32x4d,64,5e-4", "mobilenet_v2,128,2e-5"})
    void twentyStepsLoseAsPyTorchDoes(String architecture, int size, double rate) throws IOException {
        steps(architecture, size, rate);
    }

    @Tag("long")
    @ParameterizedTest
    @CsvSource({"resnet50,128,2e-3", "wide_resnet50_2,64,5e-4"})
    void theirTwentyStepsDoToo(String architecture, int size, double rate) throws IOException {
        steps(architecture, size, rate);
    }

    private static void steps(String architecture, int size, double rate) throws IOException {
        JsonNode golden = new ObjectMapper().readTree(TestFiles.bytes("golden/steps.json"));
        JsonNode expected = golden.get(architecture);
        int steps = expected.size();
        int batch = 16;
        Model model = Model.of(architecture, CLASSES);
        float[] weights = weights(model);
        float[] gradients = new float[weights.length];
        Schedule schedule = new Schedule.OneCycle(steps, rate);
        Segments segments = Segments.of(model, 1, 1, 2, 0, 0);
        float[][] state = new float[1][weights.length];
        double worst = 0;
        try (NativeThread thread = NativeThread.borrow(2)) {
            double[] losses = thread.call(() -> {
                double[] seen = new double[steps];
                float[] labels = new float[batch];
                try (Network n = new Network(model, batch, size, weights, gradients, statistics(model), null)) {
                    BatchLoss loss = new BatchLoss(LabelSmoothing.of(0.1), labels, n.logits(), batch, CLASSES);
                    for (int k = 0; k < steps; k++) {
                        Streams.fill("steps/" + k % 4, n.input(), 0, n.input().length, -2, 2, 1);
                        int[] y = Streams.whole("steps/labels/" + k % 4, batch, CLASSES);
                        for (int i = 0; i < batch; i++) {
                            labels[i] = y[i] + 1;
                        }
                        n.forward();
                        seen[k] = loss.forward();
                        n.backward(loss.gradient());
                        new Sgd(true)
                                .update(
                                        segments,
                                        new Optimizer.Arrays(weights, gradients, state, 0),
                                        0,
                                        weights.length,
                                        new Optimizer.Step(k + 1, schedule.rate(k), schedule.momentum(k), 1, null));
                    }
                }
                return seen;
            });
            for (int k = 0; k < steps; k++) {
                worst = Math.max(worst, Math.abs(losses[k] / expected.get(k).asDouble() - 1));
            }
        }
        Comparisons.check(
                title(architecture) + " at " + size + ": loss over twenty steps of SGD",
                "PyTorch " + golden.get("torch").asText(),
                worst,
                0.02,
                "the loss");
    }
}
