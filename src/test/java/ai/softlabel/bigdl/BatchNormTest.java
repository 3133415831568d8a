package ai.softlabel.bigdl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** BatchNorm behind grouped convolutions, whose layouts differ with the processor and the channels of a group. */
class BatchNormTest {
    private static final int BATCH = 4;
    private static final int SIDE = 6;
    private static final double STEP = 1e-2;

    @ParameterizedTest(name = "{0} channels in {1} groups")
    @CsvSource({"128, 32", "64, 16", "48, 12", "24, 6", "20, 5", "64, 8", "64, 4", "32, 16", "24, 24", "48, 1"})
    void itNormalizesAndItsGradientIsTheDerivative(int channels, int groups) {
        ConvolutionShape c = new ConvolutionShape(channels, channels, 3, 1, 1, groups);
        int filters = channels * (channels / groups) * 9;
        int values = BATCH * channels * SIDE * SIDE;
        SplittableRandom r = new SplittableRandom(channels + groups);
        float[] weights = new float[filters + 2 * channels];
        fill(weights, r);
        float[] gradients = new float[weights.length];
        float[] direction = new float[values];
        fill(direction, r);
        int[] shape = {BATCH, channels, SIDE, SIDE};
        float[] along = new float[filters];
        fill(along, r);
        try (NativeThread thread = NativeThread.borrow(1)) {
            thread.call(() -> {
                try (Graph g = Graph.compile(
                        Layers.sequence(Layers.convolution(c, true), Layers.batchNorm(channels)),
                        shape,
                        shape,
                        Graph.Mode.TRAINING,
                        new Graph.Parameters(weights, gradients, 0),
                        statistics(channels))) {
                    fill(g.input(), r);
                    float[] output = g.forward().clone();
                    normal(output, channels, weights, filters);
                    System.arraycopy(direction, 0, g.outputGradient(), 0, values);
                    g.backward();
                    double expected = 0;
                    for (int i = 0; i < filters; i++) {
                        expected += (double) gradients[i] * along[i];
                    }
                    double found =
                            (loss(g, weights, along, STEP, direction) - loss(g, weights, along, -STEP, direction))
                                    / (2 * STEP);
                    assertEquals(1, found / expected, 0.01);
                }
                return null;
            });
        }
    }

    /** A channel's mean is the bias, its deviation the weight's size. */
    private static void normal(float[] output, int channels, float[] weights, int filters) {
        for (int c = 0; c < channels; c++) {
            double sum = 0;
            double squares = 0;
            for (int n = 0; n < BATCH; n++) {
                for (int i = 0; i < SIDE * SIDE; i++) {
                    double v = output[(n * channels + c) * SIDE * SIDE + i];
                    sum += v;
                    squares += v * v;
                }
            }
            double mean = sum / (BATCH * SIDE * SIDE);
            double deviation = Math.sqrt(squares / (BATCH * SIDE * SIDE) - mean * mean);
            assertEquals(weights[filters + channels + c], mean, 1e-4);
            assertEquals(Math.abs(weights[filters + c]), deviation, 1e-3);
        }
    }

    private static double loss(Graph g, float[] weights, float[] along, double step, float[] direction) {
        float[] before = weights.clone();
        for (int i = 0; i < along.length; i++) {
            weights[i] += (float) (step * along[i]);
        }
        float[] output = g.forward();
        System.arraycopy(before, 0, weights, 0, weights.length);
        double sum = 0;
        for (int i = 0; i < output.length; i++) {
            sum += (double) output[i] * direction[i];
        }
        assertTrue(Double.isFinite(sum));
        return sum;
    }

    private static float[] statistics(int channels) {
        float[] s = new float[2 * channels];
        Arrays.fill(s, channels, s.length, 1);
        return s;
    }

    private static void fill(float[] values, SplittableRandom r) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) r.nextDouble(-1, 1);
        }
    }
}
