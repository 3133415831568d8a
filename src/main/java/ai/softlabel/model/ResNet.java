package ai.softlabel.model;

import ai.softlabel.bigdl.Layer;
import ai.softlabel.bigdl.Layers;
import java.util.ArrayList;
import java.util.List;

/**
 * A residual network (He et al., "Deep Residual Learning for Image Recognition", 2016) as torchvision builds it: the
 * stride of a bottleneck sits in its 3x3 convolution, convolutions have no bias, BatchNorm has epsilon 1e-5 and
 * momentum 0.1. The body maps pictures (batch, 3, size, size) to features (batch, {@link #features()}); the head,
 * {@code fc}, maps those to logits.
 *
 * <p>All parameters lie in one flat array in torchvision's order, body first; all running statistics in another, for
 * each BatchNorm its means, then its variances.
 */
public final class ResNet {
    /** The depths there are. */
    public static final List<Integer> DEPTHS = List.of(18, 34, 50, 101, 152);

    private static final int[] WIDTHS = {64, 128, 256, 512};

    private final int depth;
    private final int classes;
    private final int[] blocks;
    private final boolean bottleneck;
    private final List<Parameter> parameters = new ArrayList<>();
    private final List<NormStatistics> statistics = new ArrayList<>();

    /**
     * @param depth one of {@link #DEPTHS}
     * @param classes at least 1
     */
    public ResNet(int depth, int classes) {
        this.depth = depth;
        this.classes = classes;
        this.blocks = blocks(depth);
        this.bottleneck = depth >= 50;
        walk(null);
        parameter("fc.weight", Parameter.Kind.HEAD_WEIGHT, classes, features());
        parameter("fc.bias", Parameter.Kind.HEAD_BIAS, classes);
    }

    private static int[] blocks(int depth) {
        return switch (depth) {
            case 18 -> new int[] {2, 2, 2, 2};
            case 34, 50 -> new int[] {3, 4, 6, 3};
            case 101 -> new int[] {3, 4, 23, 3};
            case 152 -> new int[] {3, 8, 36, 3};
            default -> throw new IllegalArgumentException("expected a depth of " + DEPTHS + ", found " + depth);
        };
    }

    public int depth() {
        return depth;
    }

    public int classes() {
        return classes;
    }

    /** The number of blocks in a stage, from 0 to 3. */
    int blocksOf(int stage) {
        return blocks[stage];
    }

    /** The number of features that the body yields: 512, or 2,048 from depth 50 on. */
    public int features() {
        return WIDTHS[3] * (bottleneck ? 4 : 1);
    }

    /** Every parameter, in the order of the flat array. */
    public List<Parameter> parameters() {
        return List.copyOf(parameters);
    }

    /** Every BatchNorm's running statistics, in the order of the flat array. */
    public List<NormStatistics> statistics() {
        return List.copyOf(statistics);
    }

    /** The length of the flat array of parameters. */
    public int size() {
        Parameter last = parameters.get(parameters.size() - 1);
        return last.offset() + last.size();
    }

    /** The length of the flat array of running statistics. */
    public int statisticsSize() {
        NormStatistics last = statistics.get(statistics.size() - 1);
        return last.offset() + 2 * last.channels();
    }

    /** Where the head's parameters begin in the flat array. */
    public int headOffset() {
        return parameters.get(parameters.size() - 2).offset();
    }

    /** New layers for the body. */
    public Layer body(int imageSize) {
        List<Layer> layers = new ArrayList<>();
        walk(layers);
        layers.add(Layers.globalAveragePool((imageSize + 31) / 32));
        return Layers.sequence(layers.toArray(Layer[]::new));
    }

    /** A new layer for the head. */
    public Layer head() {
        return Layers.linear(features(), classes);
    }

    /** Goes through the body once: builds its layers where {@code layers} is there, and its tables where it is null. */
    private void walk(List<Layer> layers) {
        Builder b = new Builder(layers == null);
        List<Layer> out = layers == null ? new ArrayList<>() : layers;
        out.add(b.convolution("conv1", 3, WIDTHS[0], 7, 2));
        out.add(b.norm("bn1", WIDTHS[0]));
        out.add(b.relu());
        out.add(b.describes ? null : Layers.maxPool(3, 2, 1));
        int in = WIDTHS[0];
        for (int stage = 0; stage < 4; stage++) {
            for (int i = 0; i < blocks[stage]; i++) {
                String name = "layer" + (stage + 1) + "." + i + ".";
                int stride = i == 0 && stage > 0 ? 2 : 1;
                out.add(b.block(name, in, WIDTHS[stage], stride));
                in = WIDTHS[stage] * (bottleneck ? 4 : 1);
            }
        }
    }

    private void parameter(String name, Parameter.Kind kind, int... shape) {
        parameters.add(new Parameter(name, kind, parameters.isEmpty() ? 0 : size(), shape));
    }

    /** One walk, which either describes the parameters or makes the layers: the names and the order can't part. */
    private final class Builder {
        private final boolean describes;

        Builder(boolean describes) {
            this.describes = describes;
        }

        Layer convolution(String name, int in, int out, int kernel, int stride) {
            if (describes) {
                parameter(name + ".weight", Parameter.Kind.CONVOLUTION, out, in, kernel, kernel);
                return null;
            }
            return Layers.convolution(in, out, kernel, stride, kernel / 2, !name.equals("conv1"));
        }

        Layer norm(String name, int channels) {
            if (describes) {
                parameter(name + ".weight", Parameter.Kind.NORM_WEIGHT, channels);
                parameter(name + ".bias", Parameter.Kind.NORM_BIAS, channels);
                statistics.add(new NormStatistics(name, channels, statistics.isEmpty() ? 0 : statisticsSize()));
                return null;
            }
            return Layers.batchNorm(channels);
        }

        Layer relu() {
            return describes ? null : Layers.relu();
        }

        Layer block(String name, int in, int width, int stride) {
            int out = width * (bottleneck ? 4 : 1);
            Layer[] main = bottleneck
                    ? new Layer[] {
                        convolution(name + "conv1", in, width, 1, 1), norm(name + "bn1", width), relu(),
                        convolution(name + "conv2", width, width, 3, stride), norm(name + "bn2", width), relu(),
                        convolution(name + "conv3", width, out, 1, 1), norm(name + "bn3", out)
                    }
                    : new Layer[] {
                        convolution(name + "conv1", in, width, 3, stride),
                        norm(name + "bn1", width),
                        relu(),
                        convolution(name + "conv2", width, width, 3, 1),
                        norm(name + "bn2", width)
                    };
            Layer[] shortcut = in == out && stride == 1
                    ? new Layer[] {}
                    : new Layer[] {
                        convolution(name + "downsample.0", in, out, 1, stride), norm(name + "downsample.1", out)
                    };
            if (describes) {
                return null;
            }
            Layer bypass = shortcut.length == 0 ? Layers.identity() : Layers.sequence(shortcut);
            return Layers.sequence(Layers.sum(Layers.sequence(main), bypass), Layers.relu());
        }
    }
}
