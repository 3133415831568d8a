package ai.softlabel.network;

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

    private final boolean folded;
    private final int depth;
    private final int classes;
    private final int[] blocks;
    private final boolean bottleneck;
    private final List<Parameter> parameters = new ArrayList<>();
    private final List<BatchNormStatistics> statistics = new ArrayList<>();

    /**
     * @param depth one of {@link #DEPTHS}
     * @param classes at least 1
     */
    public ResNet(int depth, int classes) {
        this(depth, classes, false);
    }

    /**
     * @param folded whether the BatchNorms are folded into their convolutions, see {@link Folding}: then those have a
     *     bias, and there are no running statistics
     */
    public ResNet(int depth, int classes, boolean folded) {
        this.folded = folded;
        this.depth = depth;
        this.classes = classes;
        this.blocks = blocks(depth);
        this.bottleneck = depth >= 50;
        walk(Use.DESCRIBE);
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

    /** Whether its BatchNorms are folded into the convolutions. */
    public boolean folded() {
        return folded;
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
    public List<BatchNormStatistics> statistics() {
        return List.copyOf(statistics);
    }

    /** The length of the flat array of parameters. */
    public int size() {
        Parameter last = parameters.get(parameters.size() - 1);
        return last.offset() + last.size();
    }

    /** The length of the flat array of running statistics. */
    public int statisticsSize() {
        if (statistics.isEmpty()) {
            return 0;
        }
        BatchNormStatistics last = statistics.get(statistics.size() - 1);
        return last.offset() + 2 * last.channels();
    }

    /** Where the head's parameters begin in the flat array. */
    public int headOffset() {
        return parameters.get(parameters.size() - 2).offset();
    }

    /** New layers for the body, which can learn. */
    public Layer body(int imageSize) {
        return body(imageSize, Use.LEARN);
    }

    /**
     * New layers for the body of a folded model, which can't, and are faster for it.
     *
     * @param sums whether the last convolution of a block adds to the block's input in its own kernel
     */
    Layer inferenceBody(int imageSize, boolean sums) {
        return body(imageSize, sums ? Use.INFER_IN_PLACE : Use.INFER);
    }

    private Layer body(int imageSize, Use use) {
        List<Layer> layers = new ArrayList<>(walk(use));
        layers.add(Layers.globalAveragePool((imageSize + 31) / 32));
        return Layers.sequence(layers.toArray(Layer[]::new));
    }

    /** A new layer for the head. */
    public Layer head() {
        return Layers.linear(features(), classes);
    }

    /** What layers are wanted for. */
    private enum Use {
        DESCRIBE,
        LEARN,
        INFER,
        INFER_IN_PLACE;

        boolean infers() {
            return this == INFER || this == INFER_IN_PLACE;
        }
    }

    /** Goes through the body once: fills the tables of parameters and statistics, or builds the layers. */
    private List<Layer> walk(Use use) {
        Builder b = new Builder(use);
        List<Layer> out = new ArrayList<>(b.unit("conv1", "bn1", 3, WIDTHS[0], 7, 2, true));
        if (use != Use.DESCRIBE) {
            b.last = Layers.maxPool(3, 2, 1);
            out.add(b.last);
        }
        int in = WIDTHS[0];
        for (int stage = 0; stage < 4; stage++) {
            for (int i = 0; i < blocks[stage]; i++) {
                String name = "layer" + (stage + 1) + "." + i + ".";
                int stride = i == 0 && stage > 0 ? 2 : 1;
                out.addAll(b.block(name, in, WIDTHS[stage], stride));
                in = WIDTHS[stage] * (bottleneck ? 4 : 1);
            }
        }
        return out;
    }

    private void parameter(String name, Parameter.Kind kind, int... shape) {
        parameters.add(new Parameter(name, kind, parameters.isEmpty() ? 0 : size(), shape));
    }

    /** One walk, which either describes the parameters or makes the layers: the names and the order can't part. */
    private final class Builder {
        private final Use use;
        // What leaves the input of the next block.
        private Layer last;

        Builder(Use use) {
            this.use = use;
        }

        /** A convolution, its BatchNorm, and a ReLU where there is one. */
        List<Layer> unit(String name, String norm, int in, int out, int kernel, int stride, boolean relu) {
            boolean gradInput = !name.equals("conv1");
            int padding = kernel / 2;
            if (use == Use.DESCRIBE) {
                parameter(name + ".weight", Parameter.Kind.CONVOLUTION, out, in, kernel, kernel);
                if (folded) {
                    parameter(name + ".bias", Parameter.Kind.NORM_BIAS, out);
                } else {
                    parameter(norm + ".weight", Parameter.Kind.NORM_WEIGHT, out);
                    parameter(norm + ".bias", Parameter.Kind.NORM_BIAS, out);
                    statistics.add(new BatchNormStatistics(norm, out, statistics.isEmpty() ? 0 : statisticsSize()));
                }
                return List.of();
            }
            if (folded && use.infers() && relu) {
                return List.of(Layers.rectified(in, out, kernel, stride, padding));
            }
            List<Layer> layers = new ArrayList<>();
            if (folded) {
                layers.add(Layers.biased(in, out, kernel, stride, padding, gradInput));
            } else {
                layers.add(Layers.convolution(in, out, kernel, stride, padding, gradInput));
                layers.add(Layers.batchNorm(out));
            }
            if (relu) {
                layers.add(Layers.relu());
            }
            return layers;
        }

        List<Layer> block(String name, int in, int width, int stride) {
            int out = width * (bottleneck ? 4 : 1);
            boolean same = in == out && stride == 1;
            List<Layer> main = new ArrayList<>();
            if (bottleneck) {
                main.addAll(unit(name + "conv1", name + "bn1", in, width, 1, 1, true));
                main.addAll(unit(name + "conv2", name + "bn2", width, width, 3, stride, true));
            } else {
                main.addAll(unit(name + "conv1", name + "bn1", in, width, 3, stride, true));
            }
            int convolution = bottleneck ? 3 : 2;
            int kernel = bottleneck ? 1 : 3;
            if (same && use == Use.INFER_IN_PLACE) {
                last = Layers.added(last, width, out, kernel, 1, kernel / 2);
                main.add(last);
                return main;
            }
            main.addAll(unit(name + "conv" + convolution, name + "bn" + convolution, width, out, kernel, 1, false));
            List<Layer> bypass =
                    same ? List.of() : unit(name + "downsample.0", name + "downsample.1", in, out, 1, stride, false);
            if (use == Use.DESCRIBE) {
                return List.of();
            }
            last = Layers.relu();
            return List.of(
                    Layers.sequence(Layers.sum(sequence(main), same ? Layers.identity() : sequence(bypass)), last));
        }

        private static Layer sequence(List<Layer> layers) {
            return Layers.sequence(layers.toArray(Layer[]::new));
        }
    }
}
