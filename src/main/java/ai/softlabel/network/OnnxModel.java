package ai.softlabel.network;

import ai.softlabel.bigdl.ConvolutionShape;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A model as an ONNX graph (opset 17): input {@code pictures} (batch, 3, size, size), normalised; output {@code logits}
 * (batch, classes). The batch is free, height and width are the model's.
 */
public final class OnnxModel {
    private final Model model;
    private final ModelState state;
    private final OnnxGraph graph = new OnnxGraph();
    private final OnnxForm form;

    private OnnxModel(Model model, ModelState state, Function<OnnxGraph, OnnxForm> form) {
        this.model = model;
        this.state = state;
        this.form = form.apply(graph);
    }

    /**
     * Writes the model.
     *
     * @param ranges see {@link #bytes}
     * @param metadata becomes its {@code metadata_props}
     */
    public static void write(
            Model model,
            ModelState state,
            ActivationRanges ranges,
            int imageSize,
            Map<String, String> metadata,
            OutputStream out)
            throws IOException {
        of(model, state, ranges).build(imageSize, metadata).writeTo(out);
    }

    /**
     * The file's bytes, without metadata.
     *
     * @param ranges null for float32; otherwise the body computes in 8 bits, with its BatchNorms folded, and the head
     *     in float32
     */
    public static byte[] bytes(Model model, ModelState state, ActivationRanges ranges, int imageSize) {
        return of(model, state, ranges).build(imageSize, Map.of()).toByteArray();
    }

    /**
     * The model, its BatchNorms folded, with two outputs more, {@code lows} and {@code highs}: what
     * {@link ActivationRanges#of} takes.
     */
    public static byte[] observed(Model model, ModelState state, int imageSize) {
        return new OnnxModel(model.fold(), folded(model, state), ObservedForm::new)
                .build(imageSize, Map.of())
                .toByteArray();
    }

    private static OnnxModel of(Model model, ModelState state, ActivationRanges ranges) {
        if (ranges == null) {
            return new OnnxModel(model, state, graph -> new OnnxForm.Plain());
        }
        Model folded = model.fold();
        ModelState own = folded(model, state);
        return new OnnxModel(folded, own, graph -> new QuantizedForm(graph, folded, own.weights(), ranges));
    }

    private static ModelState folded(Model model, ModelState state) {
        return model.folded() ? state : Folding.fold(model, state);
    }

    private ByteString build(int imageSize, Map<String, String> metadata) {
        for (Parameter p : model.parameters()) {
            if (form.keepsWeights() || p.kind().head()) {
                graph.tensor(Onnx.tensor(p.name(), p.shape(), state.weights(), p.offset()));
            }
        }
        for (BatchNormStatistics s : model.statistics()) {
            int[] shape = {s.channels()};
            graph.tensor(Onnx.tensor(s.name() + ".running_mean", shape, state.statistics(), s.offset()));
            graph.tensor(Onnx.tensor(s.name() + ".running_var", shape, state.statistics(), s.offset() + s.channels()));
        }
        String x = form.value("pictures");
        for (Node node : model.nodes()) {
            x = node.accept(new Step(x));
        }
        String head = model.linear().name();
        x = graph.node("GlobalAveragePool", "avgpool", List.of(x));
        x = graph.node("Flatten", "flatten", List.of(x), Onnx.integer("axis", 1));
        graph.node("Gemm", "logits", List.of(x, head + ".weight", head + ".bias"), Onnx.integer("transB", 1));
        List<ByteString> outputs = new ArrayList<>();
        outputs.add(Onnx.value("logits", "batch", model.classes()));
        outputs.addAll(form.outputs());
        return Onnx.model(
                graph.nodes(),
                graph.tensors(),
                Onnx.value("pictures", "batch", 3, imageSize, imageSize),
                outputs,
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
            ConvolutionShape s = c.shape();
            List<ByteString> attributes = new ArrayList<>(window(s.kernel(), s.stride(), s.padding()));
            if (s.groups() > 1) {
                attributes.add(Onnx.integer("group", s.groups()));
            }
            if (model.folded()) {
                String y = graph.node("Conv", c.name(), form.inputs(c, x), attributes);
                return form.value(activation(c.activation(), y));
            }
            String y = graph.node("Conv", c.name(), List.of(x, c.name() + ".weight"), attributes);
            String n = c.norm();
            List<String> norm = List.of(y, n + ".weight", n + ".bias", n + ".running_mean", n + ".running_var");
            return activation(c.activation(), graph.node("BatchNormalization", n, norm, Onnx.real("epsilon", 1e-5f)));
        }

        @Override
        public String maxPool(Node.MaxPool p) {
            List<ByteString> attributes = window(p.kernel(), p.stride(), p.padding());
            return form.pooled(graph.node("MaxPool", p.name(), List.of(x), attributes), x);
        }

        @Override
        public String sum(Node.Sum s) {
            List<String> branches = List.of(branch(s.main()), branch(s.shortcut()));
            return form.value(activation(s.activation(), graph.node("Add", s.name() + ".add", branches)));
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
            case RELU -> graph.node("Relu", x + ".relu", List.of(x));
            case RELU6 -> graph.node("Clip", x + ".relu6", List.of(x, graph.scalar("zero", 0), graph.scalar("six", 6)));
        };
    }
}
