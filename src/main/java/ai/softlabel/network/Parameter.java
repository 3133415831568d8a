package ai.softlabel.network;

/**
 * One parameter tensor of a model.
 *
 * @param name torchvision's name
 * @param group which part of the network it belongs to
 * @param offset where it starts in the flat array
 * @param shape torchvision's shape; values lie row-major
 */
public record Parameter(String name, Kind kind, Group group, int offset, int[] shape) {
    /** The kind of a parameter, which determines its initialisation and whether weight decay applies. */
    public enum Kind {
        CONVOLUTION,
        NORM_WEIGHT,
        NORM_BIAS,
        HEAD_WEIGHT,
        HEAD_BIAS;

        /** Whether the parameter belongs to the head. */
        public boolean head() {
            return this == HEAD_WEIGHT || this == HEAD_BIAS;
        }

        /** Whether weight decay applies: to weights, not to BatchNorm's parameters and biases. */
        public boolean decays() {
            return this == CONVOLUTION || this == HEAD_WEIGHT;
        }
    }

    /** The number of values. */
    public int size() {
        int n = 1;
        for (int s : shape) {
            n *= s;
        }
        return n;
    }
}
