package ai.softlabel.bigdl;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A convolution and its gradients against sums in double. */
class ConvolutionTest {
    /** Of float32 sums over the largest of these shapes, relative to the largest value. */
    private static final double ALLOWED = 1e-5;

    static List<Arguments> shapes() {
        List<Arguments> shapes = new ArrayList<>();
        for (int side : new int[] {1, 2, 3, 4, 5, 8, 9, 14}) {
            for (int stride : new int[] {1, 2}) {
                shapes.add(Arguments.of(new ConvolutionShape(48, 48, 3, stride, 1, 48), side, 5));
                shapes.add(Arguments.of(new ConvolutionShape(32, 32, 3, stride, 1, 2), side, 3));
                shapes.add(Arguments.of(new ConvolutionShape(64, 64, 3, stride, 1, 16), side, 3));
                shapes.add(Arguments.of(new ConvolutionShape(32, 64, 3, stride, 1, 1), side, 5));
                shapes.add(Arguments.of(new ConvolutionShape(32, 64, 1, stride, 0, 1), side, 2));
            }
        }
        return shapes;
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void whatItYieldsIsTheSum(ConvolutionShape c, int side, int batch) {
        int out = (side + 2 * c.padding() - c.kernel()) / c.stride() + 1;
        SplittableRandom r = new SplittableRandom(side);
        float[] weights = new float[c.out() * (c.in() / c.groups()) * c.kernel() * c.kernel()];
        fill(weights, r);
        float[] gradients = new float[weights.length];
        int[] shape = {batch, c.in(), side, side};
        float[] input = new float[batch * c.in() * side * side];
        fill(input, r);
        float[] direction = new float[batch * c.out() * out * out];
        fill(direction, r);
        float[] output;
        try (NativeThread thread = NativeThread.borrow(1)) {
            output = thread.call(() -> {
                try (Graph g = Graph.compile(
                        Layers.sequence(Layers.convolution(c, true)),
                        shape,
                        new int[] {batch, c.out(), out, out},
                        Graph.Mode.TRAINING,
                        new Graph.Parameters(weights, gradients, 0),
                        new float[0])) {
                    System.arraycopy(input, 0, g.input(), 0, input.length);
                    float[] o = g.forward().clone();
                    System.arraycopy(direction, 0, g.outputGradient(), 0, direction.length);
                    g.backward();
                    return o;
                }
            });
        }
        double[] expected = new double[output.length];
        double[] gradient = new double[weights.length];
        sums(c, side, out, batch, input, weights, direction, expected, gradient);
        Map<String, Double> off = new TreeMap<>();
        off.put("output", apart(expected, output));
        off.put("weights' gradient", apart(gradient, gradients));
        off.values().removeIf(e -> e <= ALLOWED);
        assertTrue(off.isEmpty(), () -> c + " over " + side + " pixels: off by " + off);
    }

    private static void fill(float[] values, SplittableRandom r) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) r.nextDouble(-1, 1);
        }
    }

    private static void sums(
            ConvolutionShape c,
            int side,
            int outSide,
            int batch,
            float[] input,
            float[] weights,
            float[] direction,
            double[] output,
            double[] gradient) {
        int k = c.kernel();
        int perGroup = c.in() / c.groups();
        for (int n = 0; n < batch; n++) {
            for (int o = 0; o < c.out(); o++) {
                int first = o / (c.out() / c.groups()) * perGroup;
                for (int at = 0; at < outSide * outSide; at++) {
                    int to = (n * c.out() + o) * outSide * outSide + at;
                    for (int w = 0; w < perGroup * k * k; w++) {
                        int y = at / outSide * c.stride() - c.padding() + w / k % k;
                        int x = at % outSide * c.stride() - c.padding() + w % k;
                        if (y < 0 || y >= side || x < 0 || x >= side) {
                            continue;
                        }
                        double v = input[((n * c.in() + first + w / (k * k)) * side + y) * side + x];
                        output[to] += v * weights[o * perGroup * k * k + w];
                        gradient[o * perGroup * k * k + w] += v * direction[to];
                    }
                }
            }
        }
    }

    private static double apart(double[] expected, float[] found) {
        double largest = 0;
        double off = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            double d = Math.abs(expected[i] - found[i]);
            off = d <= off ? off : d;
        }
        return off / largest;
    }
}
