package ai.softlabel.network;

import ai.softlabel.bigdl.ConvolutionShape;
import java.util.List;

/**
 * One step of a network's body. A node says what is computed and how its parameters are called; {@link BodyLayers}
 * makes layers of it, {@link Model} its table of parameters, {@link OnnxModel} its nodes of an export. Everything is
 * square.
 */
public sealed interface Node {

    /** The side of its output, from the side of its input. */
    int side(int in);

    /** The number of channels of its output, from that of its input. */
    int channels(int in);

    /** How many times smaller the output's side is. */
    int stride();

    /** Calls the visitor's method for this kind of node. */
    <T> T accept(Visitor<T> visitor);

    /** What is made of each kind of node; a new kind is one that every visitor must know. */
    interface Visitor<T> {
        T convolution(Convolution c);

        T maxPool(MaxPool p);

        T sum(Sum s);
    }

    /**
     * A convolution without bias, padded by half its kernel, the BatchNorm after it, and an activation.
     *
     * @param name torchvision's name of the convolution
     * @param norm torchvision's name of the BatchNorm
     */
    record Convolution(String name, String norm, ConvolutionShape shape, Activation activation) implements Node {
        Convolution(
                String name, String norm, int in, int out, int kernel, int stride, int groups, Activation activation) {
            this(name, norm, new ConvolutionShape(in, out, kernel, stride, kernel / 2, groups), activation);
        }

        /** The weight's shape. */
        int[] weight() {
            return new int[] {shape.out(), shape.in() / shape.groups(), shape.kernel(), shape.kernel()};
        }

        @Override
        public int stride() {
            return shape.stride();
        }

        @Override
        public int side(int side) {
            return (side + 2 * shape.padding() - shape.kernel()) / shape.stride() + 1;
        }

        @Override
        public int channels(int channels) {
            if (channels != shape.in()) {
                throw new IllegalStateException(
                        "expected " + shape.in() + " channels before " + name + ", found " + channels);
            }
            return shape.out();
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.convolution(this);
        }
    }

    /** Max pooling, padded by half its kernel, its output's size rounded down. */
    record MaxPool(String name, int kernel, int stride) implements Node {
        public int padding() {
            return kernel / 2;
        }

        @Override
        public int side(int side) {
            return (side + 2 * padding() - kernel) / stride + 1;
        }

        @Override
        public int channels(int channels) {
            return channels;
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.maxPool(this);
        }
    }

    /**
     * The sum of two branches over the same input, and an activation.
     *
     * @param name torchvision's name of the block
     * @param main the first branch, whose parameters come first
     * @param shortcut the second branch; empty for the input as it is
     */
    record Sum(String name, List<Node> main, List<Node> shortcut, Activation activation) implements Node {
        @Override
        public int side(int side) {
            int out = sideAfter(main, side);
            if (out != sideAfter(shortcut, side)) {
                throw new IllegalStateException("the branches of " + name + " differ in size");
            }
            return out;
        }

        @Override
        public int channels(int channels) {
            int out = channelsAfter(main, channels);
            if (out != channelsAfter(shortcut, channels)) {
                throw new IllegalStateException("the branches of " + name + " differ in channels");
            }
            return out;
        }

        @Override
        public int stride() {
            return main.stream().mapToInt(Node::stride).reduce(1, (a, b) -> a * b);
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.sum(this);
        }
    }

    /** The side after several nodes in turn. */
    static int sideAfter(List<Node> nodes, int side) {
        for (Node node : nodes) {
            side = node.side(side);
        }
        return side;
    }

    /** The number of channels after several nodes in turn. */
    static int channelsAfter(List<Node> nodes, int channels) {
        for (Node node : nodes) {
            channels = node.channels(channels);
        }
        return channels;
    }
}
