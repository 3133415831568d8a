package ai.softlabel.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.onnx.OnnxSession;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A network of a few convolutions of every kind, in 8 bits in ONNX Runtime. */
class Int8GraphTest {
    private static final int SIZE = 32;
    private static final int BATCH = 8;
    private static final int CLASSES = 5;

    private record Small() implements Architecture {
        private static Node.Convolution conv(
                String name, int in, int out, int kernel, int stride, int groups, Activation activation) {
            return new Node.Convolution(name, name + ".bn", in, out, kernel, stride, groups, activation);
        }

        @Override
        public String name() {
            return "small";
        }

        @Override
        public List<Node> stem() {
            return List.of(conv("stem", 3, 16, 3, 2, 1, Activation.RELU), new Node.MaxPool("pool", 3, 2));
        }

        @Override
        public List<List<Node>> stages() {
            List<Node> main =
                    List.of(conv("a", 16, 16, 3, 1, 1, Activation.RELU), conv("b", 16, 24, 3, 1, 1, Activation.NONE));
            List<Node> shortcut = List.of(conv("c", 16, 24, 1, 1, 1, Activation.NONE));
            return List.of(
                    List.of(new Node.Sum("block", main, shortcut, Activation.RELU)),
                    List.of(
                            conv("depthwise", 24, 24, 3, 2, 24, Activation.RELU6),
                            new Node.Sum(
                                    "linear",
                                    List.of(conv("d", 24, 24, 1, 1, 1, Activation.NONE)),
                                    List.of(),
                                    Activation.NONE)));
        }

        @Override
        public Linear head() {
            return new Linear("head", Start.UNIFORM);
        }
    }

    private static final Model MODEL = Model.of(new Small(), CLASSES);

    /** Uneven BatchNorms, and a channel that is almost nothing but its bias. */
    private static ModelState state() {
        SplittableRandom r = new SplittableRandom(3);
        float[] weights = Initialization.fresh(MODEL, 1).weights();
        for (Parameter p : MODEL.parameters()) {
            for (int i = p.offset(); i < p.offset() + p.size(); i++) {
                switch (p.kind()) {
                    case NORM_WEIGHT -> weights[i] = (float) r.nextDouble(0.5, 1.5);
                    case NORM_BIAS -> weights[i] = (float) r.nextDouble(-0.3, 0.3);
                    default -> {}
                }
            }
        }
        Parameter first = MODEL.parameters().get(1);
        assertEquals(Parameter.Kind.NORM_WEIGHT, first.kind());
        weights[first.offset()] = 1e-12f;
        float[] statistics = new float[MODEL.statisticsSize()];
        for (BatchNormStatistics s : MODEL.statistics()) {
            for (int c = 0; c < s.channels(); c++) {
                statistics[s.offset() + c] = (float) r.nextDouble(-0.1, 0.1);
                statistics[s.offset() + s.channels() + c] = (float) r.nextDouble(0.5, 1.5);
            }
        }
        return new ModelState(weights, statistics, 0);
    }

    private static float[] pictures(long seed) {
        SplittableRandom r = new SplittableRandom(seed);
        float[] out = new float[BATCH * 3 * SIZE * SIZE];
        for (int plane = 0; plane < BATCH * 3; plane++) {
            // A colour of its own, a wave and a little noise: noise alone averages out, and all pictures look alike.
            double colour = r.nextDouble(-1.5, 1.5);
            double wave = r.nextDouble(0.1, 1);
            for (int i = 0; i < SIZE * SIZE; i++) {
                int row = i / SIZE;
                double x = Math.sin(wave * (i % SIZE)) * Math.cos(wave * row);
                out[plane * SIZE * SIZE + i] = (float) (colour + x / 2 + r.nextDouble(-0.1, 0.1));
            }
        }
        return out;
    }

    private static float[][] run(byte[] graph, float[] pictures) {
        try (OnnxSession session = new OnnxSession(graph, 1, BATCH, 3, SIZE, SIZE)) {
            return session.run(pictures);
        }
    }

    @Test
    void computesInEightBitsWhatItComputesInFloat32() {
        ModelState state = state();
        byte[] observed = OnnxModel.observed(MODEL, state, SIZE);
        ActivationRanges ranges = null;
        for (long seed = 1; seed <= 4; seed++) {
            float[][] found = run(observed, pictures(seed));
            ActivationRanges own = ActivationRanges.of(found[1], found[2]);
            ranges = ranges == null ? own : ranges.plus(own);
        }
        // The pictures, six convolutions and two sums.
        assertEquals(9, ranges.low().size());
        assertTrue(ranges.high().get(1) > 0 && ranges.low().get(1) == 0, ranges.toString());
        assertTrue(ranges.high().get(6) <= 6, ranges.toString());

        float[] pictures = pictures(9);
        float[] exact = run(OnnxModel.bytes(MODEL, state, null, SIZE), pictures)[0];
        assertArrayEquals(exact, run(observed, pictures)[0], 1e-4f);
        byte[] int8 = OnnxModel.bytes(MODEL, state, ranges, SIZE);
        float[] found = run(int8, pictures)[0];
        // Logits differ from picture to picture by less than from each other, so what all have in common is taken off.
        double difference = 0;
        double spread = 0;
        for (int c = 0; c < CLASSES; c++) {
            double mean = 0;
            for (int i = 0; i < BATCH; i++) {
                mean += exact[i * CLASSES + c] / BATCH;
            }
            for (int i = 0; i < BATCH; i++) {
                int at = i * CLASSES + c;
                difference += Math.pow(found[at] - exact[at], 2);
                spread += Math.pow(exact[at] - mean, 2);
            }
        }
        double relative = Math.sqrt(difference / spread);
        assertTrue(relative > 0 && relative < 0.15, "the relative difference is " + relative);
        // A pair of nodes for each value and for the maxima, and one for each weight and bias.
        String text = new String(int8, StandardCharsets.ISO_8859_1);
        assertEquals(10 + 10 + 2 * 6, text.split("QuantizeLinear|equantizeLinear", -1).length - 1, "nodes");
        ActivationRanges fewer =
                new ActivationRanges(ranges.low().subList(1, 9), ranges.high().subList(1, 9));
        assertThrows(IllegalArgumentException.class, () -> OnnxModel.bytes(MODEL, state, fewer, SIZE));
    }
}
