package ai.softlabel.network;

import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Values and weights in 8 bits, as QuantizeLinear and DequantizeLinear of opset 13 define them: a number is (q - zero
 * point) · scale. A value has one unsigned scale, from the least and the largest number seen, with 0 among them;
 * weights have a signed one for each output channel, symmetric around 0; a bias has 32 bits and the scale of its
 * products (Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
 * Inference", 2018). The graph's other nodes are those of float32: a runtime replaces each convolution between such
 * nodes by one of integers.
 */
final class QuantizedForm implements OnnxForm {
    /**
     * Seven bits: the sum of two products with a value of at most 255 then fits into 16 bits, in which processors
     * without VNNI add them: it saturates on none.
     */
    static final int LARGEST_WEIGHT = 64;

    private static final int LARGEST_VALUE = 255;
    /** How large a quantised bias may be. Products are added to it, in 32 bits. */
    private static final double LARGEST_BIAS = 1 << 30;

    private final OnnxGraph graph;
    private final Model model;
    private final float[] weights;
    private final ActivationRanges ranges;
    private final Map<String, Scale> read = new HashMap<>();
    private int next;

    /** The names of a value's constants, and its scale. */
    private record Scale(String scale, String zero, float value) {}

    /**
     * @param model folded
     * @param ranges of all its values
     */
    QuantizedForm(OnnxGraph graph, Model model, float[] weights, ActivationRanges ranges) {
        this.graph = graph;
        this.model = model;
        this.weights = weights;
        this.ranges = ranges;
    }

    @Override
    public String value(String name) {
        if (next == ranges.low().size()) {
            throw new IllegalArgumentException("expected a range for each value of the network, found " + next);
        }
        float low = Math.min(0, ranges.low().get(next));
        float high = Math.max(0, ranges.high().get(next));
        next++;
        float scale = high > low ? Math.max((high - low) / LARGEST_VALUE, Float.MIN_NORMAL) : 1;
        Scale own = new Scale(graph.scalar(name + ".scale", scale), name + ".zero_point", scale);
        graph.tensor(Onnx.bytes(own.zero(), new int[0], false, new byte[] {(byte) (int) Math.rint(-low / scale)}));
        return quantized(name, own);
    }

    @Override
    public String pooled(String name, String of) {
        // Maxima are numbers of the value itself.
        return quantized(name, read.get(of));
    }

    private String quantized(String name, Scale scale) {
        List<String> constants = List.of(scale.scale(), scale.zero());
        String q = graph.node("QuantizeLinear", name + ".quantized", with(name, constants));
        String x = graph.node("DequantizeLinear", name + ".dequantized", with(q, constants));
        read.put(x, scale);
        return x;
    }

    private static List<String> with(String first, List<String> others) {
        return List.of(first, others.get(0), others.get(1));
    }

    @Override
    public List<String> inputs(Node.Convolution c, String x) {
        Parameter weight = parameter(c.name() + ".weight");
        Parameter bias = parameter(c.name() + ".bias");
        int channels = bias.size();
        int each = weight.size() / channels;
        float of = read.get(x).value();
        float[] scales = new float[channels];
        float[] products = new float[channels];
        byte[] w = new byte[weight.size()];
        int[] b = new int[channels];
        for (int o = 0; o < channels; o++) {
            int from = weight.offset() + o * each;
            float largest = 0;
            for (int i = from; i < from + each; i++) {
                largest = Math.max(largest, Math.abs(weights[i]));
            }
            float shift = weights[bias.offset() + o];
            // A channel of almost no weights may have a bias that is many times its products.
            double least = Math.abs(shift) / (LARGEST_BIAS * of);
            scales[o] = (float) Math.max(Math.max(largest / LARGEST_WEIGHT, least), Float.MIN_NORMAL);
            products[o] = scales[o] * of;
            for (int i = 0; i < each; i++) {
                w[o * each + i] = (byte) Math.rint(weights[from + i] / scales[o]);
            }
            b[o] = products[o] == 0 ? 0 : (int) Math.rint(shift / (double) products[o]);
        }
        int[] perChannel = {channels};
        graph.tensor(Onnx.bytes(weight.name(), weight.shape(), true, w));
        graph.tensor(Onnx.tensor(weight.name() + ".scale", perChannel, scales, 0));
        graph.tensor(Onnx.bytes(weight.name() + ".zero_point", perChannel, true, new byte[channels]));
        graph.tensor(Onnx.integers(bias.name(), perChannel, b));
        graph.tensor(Onnx.tensor(bias.name() + ".scale", perChannel, products, 0));
        ByteString axis = Onnx.integer("axis", 0);
        String wq = graph.node(
                "DequantizeLinear",
                weight.name() + ".dequantized",
                List.of(weight.name(), weight.name() + ".scale", weight.name() + ".zero_point"),
                axis);
        String bq = graph.node(
                "DequantizeLinear", bias.name() + ".dequantized", List.of(bias.name(), bias.name() + ".scale"), axis);
        return List.of(x, wq, bq);
    }

    private Parameter parameter(String name) {
        return model.parameters().stream()
                .filter(p -> p.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public boolean keepsWeights() {
        return false;
    }

    @Override
    public List<ByteString> outputs() {
        if (next != ranges.low().size()) {
            throw new IllegalArgumentException("expected ranges of " + next + " values, found "
                    + ranges.low().size());
        }
        return List.of();
    }
}
