package ai.softlabel.network;

import ai.softlabel.bigdl.ConvolutionShape;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model as an ONNX graph (opset 17): input {@code pictures} (batch, 3, size, size), normalised; output {@code logits}
 * (batch, classes). The batch is free, height and width are the model's.
 */
public final class OnnxModel {
    private final Model model;
    private final ModelState state;
    private final List<ByteString> nodes = new ArrayList<>();
    private final List<ByteString> tensors = new ArrayList<>();
    private final Set<String> scalars = new HashSet<>();

    private OnnxModel(Model model, ModelState state) {
        this.model = model;
        this.state = state;
    }

    /** Writes the model; {@code metadata} becomes its {@code metadata_props}. */
    public static void write(
            Model model, ModelState state, int imageSize, Map<String, String> metadata, OutputStream out)
            throws IOException {
        new OnnxModel(model, state).build(imageSize, metadata).writeTo(out);
    }

    /** The file's bytes, without metadata. */
    public static byte[] bytes(Model model, ModelState state, int imageSize) {
        return new OnnxModel(model, state).build(imageSize, Map.of()).toByteArray();
    }

    private ByteString build(int imageSize, Map<String, String> metadata) {
        for (Parameter p : model.parameters()) {
            tensors.add(Onnx.tensor(p.name(), p.shape(), state.weights(), p.offset()));
        }
        for (BatchNormStatistics s : model.statistics()) {
            int[] shape = {s.channels()};
            tensors.add(Onnx.tensor(s.name() + ".running_mean", shape, state.statistics(), s.offset()));
            tensors.add(Onnx.tensor(s.name() + ".running_var", shape, state.statistics(), s.offset() + s.channels()));
        }
        String x = "pictures";
        for (Node node : model.nodes()) {
            x = node.accept(new Step(x));
        }
        String head = model.linear().name();
        x = node("GlobalAveragePool", "avgpool", List.of(x));
        x = node("Flatten", "flatten", List.of(x), Onnx.integer("axis", 1));
        node("Gemm", "logits", List.of(x, head + ".weight", head + ".bias"), Onnx.integer("transB", 1));
        return Onnx.model(
                nodes,
                tensors,
                Onnx.value("pictures", "batch", 3, imageSize, imageSize),
                Onnx.value("logits", "batch", model.classes()),
                metadata);
    }

    /** Adds what a node computes of a value, and returns the name of the result. */
    private final class Step implements Node.Visitor<String> {
        private final String x;

        Step(String x) {
            this.x = x;
        }

        @Override
        public String convolution(Node.Convolution c) {
            List<String> inputs = List.of(x, c.name() + ".weight");
            ConvolutionShape s = c.shape();
            List<ByteString> attributes = new ArrayList<>(window(s.kernel(), s.stride(), s.padding()));
            if (s.groups() > 1) {
                attributes.add(Onnx.integer("group", s.groups()));
            }
            if (model.folded()) {
                return activation(c.activation(), node("Conv", c.name(), List.of(x, c.name() + ".weight", c.name() + ".bias"), attributes));
            }
            String y = node("Conv", c.name(), inputs, attributes);
            String n = c.norm();
            List<String> norm = List.of(y, n + ".weight", n + ".bias", n + ".running_mean", n + ".running_var");
            return activation(c.activation(), node("BatchNormalization", n, norm, Onnx.real("epsilon", 1e-5f)));
        }

        @Override
        public String maxPool(Node.MaxPool p) {
            return node("MaxPool", p.name(), List.of(x), window(p.kernel(), p.stride(), p.padding()));
        }

        @Override
        public String sum(Node.Sum s) {
            List<String> branches = List.of(branch(s.main()), branch(s.shortcut()));
            return activation(s.activation(), node("Add", s.name() + ".add", branches));
        }

        private String branch(List<Node> nodes) {
            String y = x;
            for (Node node : nodes) {
                y = node.accept(new Step(y));
            }
            return y;
        }
    }

    private static List<ByteString> window(int kernel, int stride, int padding) {
        return List.of(
                Onnx.ints("kernel_shape", kernel, kernel),
                Onnx.ints("strides", stride, stride),
                Onnx.ints("pads", padding, padding, padding, padding));
    }

    private String activation(Activation activation, String x) {
        return switch (activation) {
            case NONE -> x;
            case RELU -> node("Relu", x + ".relu", List.of(x));
            case RELU6 -> node("Clip", x + ".relu6", List.of(x, scalar("zero", 0), scalar("six", 6)));
        };
    }

    private String scalar(String name, float value) {
        if (scalars.add(name)) {
            tensors.add(Onnx.tensor(name, new int[0], new float[] {value}, 0));
        }
        return name;
    }

    /** Adds a node whose one output has its name. */
    private String node(String type, String name, List<String> inputs, List<ByteString> attributes) {
        nodes.add(Onnx.node(type, name, inputs, attributes));
        return name;
    }

    private String node(String type, String name, List<String> inputs, ByteString... attributes) {
        return node(type, name, inputs, List.of(attributes));
    }
}
