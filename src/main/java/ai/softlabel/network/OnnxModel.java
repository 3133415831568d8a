package ai.softlabel.network;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A ResNet as an ONNX graph (opset 17): input {@code pictures} (batch, 3, size, size), normalised; output
 * {@code logits} (batch, classes). The batch is free, height and width are the model's.
 */
public final class OnnxModel {
    private final ResNet model;
    private final ModelState state;
    private final List<ByteString> nodes = new ArrayList<>();
    private final List<ByteString> tensors = new ArrayList<>();

    private OnnxModel(ResNet model, ModelState state) {
        this.model = model;
        this.state = state;
    }

    /** Writes the model; {@code metadata} becomes its {@code metadata_props}. */
    public static void write(
            ResNet model, ModelState state, int imageSize, Map<String, String> metadata, OutputStream out)
            throws IOException {
        new OnnxModel(model, state).build(imageSize, metadata).writeTo(out);
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
        String x = relu(norm(convolution("pictures", "conv1", 7, 2), "bn1"));
        x = node(
                "MaxPool",
                "maxpool",
                List.of(x),
                Onnx.ints("kernel_shape", 3, 3),
                Onnx.ints("strides", 2, 2),
                Onnx.ints("pads", 1, 1, 1, 1));
        for (int stage = 0; stage < 4; stage++) {
            for (int i = 0; i < model.blocksOf(stage); i++) {
                x = block(x, "layer" + (stage + 1) + "." + i + ".", i == 0 && stage > 0 ? 2 : 1);
            }
        }
        x = node("GlobalAveragePool", "avgpool", List.of(x));
        x = node("Flatten", "flatten", List.of(x), Onnx.integer("axis", 1));
        node("Gemm", "logits", List.of(x, "fc.weight", "fc.bias"), Onnx.integer("transB", 1));
        return Onnx.model(
                nodes,
                tensors,
                Onnx.value("pictures", "batch", 3, imageSize, imageSize),
                Onnx.value("logits", "batch", model.classes()),
                metadata);
    }

    private String block(String x, String name, int stride) {
        boolean bottleneck = has(name + "conv3.weight");
        String y = bottleneck
                ? relu(norm(convolution(x, name + "conv1", 1, 1), name + "bn1"))
                : relu(norm(convolution(x, name + "conv1", 3, stride), name + "bn1"));
        y = norm(convolution(y, name + "conv2", 3, bottleneck ? stride : 1), name + "bn2");
        if (bottleneck) {
            y = norm(convolution(relu(y), name + "conv3", 1, 1), name + "bn3");
        }
        String shortcut = has(name + "downsample.0.weight")
                ? norm(convolution(x, name + "downsample.0", 1, stride), name + "downsample.1")
                : x;
        return relu(node("Add", name + "add", List.of(y, shortcut)));
    }

    private boolean has(String parameter) {
        return model.parameters().stream().anyMatch(p -> p.name().equals(parameter));
    }

    private String convolution(String x, String name, int kernel, int stride) {
        int pad = kernel / 2;
        return node(
                "Conv",
                name,
                List.of(x, name + ".weight"),
                Onnx.ints("kernel_shape", kernel, kernel),
                Onnx.ints("strides", stride, stride),
                Onnx.ints("pads", pad, pad, pad, pad));
    }

    private String norm(String x, String name) {
        List<String> inputs =
                List.of(x, name + ".weight", name + ".bias", name + ".running_mean", name + ".running_var");
        return node("BatchNormalization", name, inputs, Onnx.real("epsilon", 1e-5f));
    }

    private String relu(String x) {
        return node("Relu", x + ".relu", List.of(x));
    }

    /** Adds a node whose one output has its name. */
    private String node(String type, String name, List<String> inputs, ByteString... attributes) {
        nodes.add(Onnx.node(type, name, inputs, List.of(attributes)));
        return name;
    }
}
