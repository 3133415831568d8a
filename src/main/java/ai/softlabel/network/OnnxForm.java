package ai.softlabel.network;

import com.google.protobuf.ByteString;
import java.util.List;

/** How a graph's values and weights are represented: as they are, observed, or in 8 bits. */
interface OnnxForm {
    /**
     * Called with each value that layers read: the pictures, and the result of each convolution and each sum with its
     * activation, in the order in which they are computed.
     *
     * @return the name under which layers read it
     */
    String value(String name);

    /**
     * Called with the maxima of a value.
     *
     * @param of the name under which that value was read
     * @return the name under which layers read the maxima
     */
    String pooled(String name, String of);

    /** The inputs of a folded convolution over {@code x}: x, weight and bias. */
    List<String> inputs(Node.Convolution c, String x);

    /** Whether the graph has the parameters of the body as they are. */
    boolean keepsWeights();

    /** What the graph gives beside the logits. */
    List<ByteString> outputs();

    /** Numbers as they are. */
    final class Plain implements OnnxForm {
        @Override
        public String value(String name) {
            return name;
        }

        @Override
        public String pooled(String name, String of) {
            return name;
        }

        @Override
        public List<String> inputs(Node.Convolution c, String x) {
            return List.of(x, c.name() + ".weight", c.name() + ".bias");
        }

        @Override
        public boolean keepsWeights() {
            return true;
        }

        @Override
        public List<ByteString> outputs() {
            return List.of();
        }
    }
}
