package ai.softlabel.network;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The nodes and constants of an ONNX graph while it is made. */
final class OnnxGraph {
    private final List<ByteString> nodes = new ArrayList<>();
    private final List<ByteString> tensors = new ArrayList<>();
    private final Set<String> scalars = new HashSet<>();

    List<ByteString> nodes() {
        return nodes;
    }

    List<ByteString> tensors() {
        return tensors;
    }

    /** Adds a node whose one output has its name, which is given back. */
    String node(String type, String name, List<String> inputs, List<ByteString> attributes) {
        nodes.add(Onnx.node(type, name, inputs, attributes));
        return name;
    }

    String node(String type, String name, List<String> inputs, ByteString... attributes) {
        return node(type, name, inputs, List.of(attributes));
    }

    /** Adds a constant. */
    void tensor(ByteString tensor) {
        tensors.add(tensor);
    }

    /** A constant number; added where it is new. */
    String scalar(String name, float value) {
        if (scalars.add(name)) {
            tensors.add(Onnx.tensor(name, new int[0], new float[] {value}, 0));
        }
        return name;
    }
}
