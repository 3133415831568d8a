package ai.softlabel.network;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;

/** Numbers as they are; the graph also gives the least and the largest number of each value, over the batch. */
final class ObservedForm implements OnnxForm {
    private final OnnxForm plain = new Plain();
    private final OnnxGraph graph;
    private final List<String> lows = new ArrayList<>();
    private final List<String> highs = new ArrayList<>();

    ObservedForm(OnnxGraph graph) {
        this.graph = graph;
    }

    @Override
    public String value(String name) {
        lows.add(graph.node("ReduceMin", name + ".low", List.of(name)));
        highs.add(graph.node("ReduceMax", name + ".high", List.of(name)));
        return name;
    }

    @Override
    public String pooled(String name, String of) {
        return name;
    }

    @Override
    public List<String> inputs(Node.Convolution c, String x) {
        return plain.inputs(c, x);
    }

    @Override
    public boolean keepsWeights() {
        return true;
    }

    @Override
    public List<ByteString> outputs() {
        // Reductions keep all four dimensions, each of size 1.
        graph.node("Concat", "lows", lows, Onnx.integer("axis", 0));
        graph.node("Concat", "highs", highs, Onnx.integer("axis", 0));
        return List.of(Onnx.value("lows", "values", 1, 1, 1), Onnx.value("highs", "values", 1, 1, 1));
    }
}
