package ai.softlabel.network;

import static ai.softlabel.network.Activation.NONE;
import static ai.softlabel.network.Activation.RELU;

import ai.softlabel.network.Node.Convolution;
import ai.softlabel.network.Node.MaxPool;
import ai.softlabel.network.Node.Sum;
import java.util.ArrayList;
import java.util.List;

/**
 * Residual networks (He et al., "Deep Residual Learning for Image Recognition", 2016) as torchvision builds them: the
 * stride of a bottleneck sits in its 3x3 convolution. ResNeXt (Xie et al., "Aggregated Residual Transformations for
 * Deep Neural Networks", 2017) has groups there, a Wide ResNet (Zagoruyko and Komodakis, "Wide Residual Networks",
 * 2016) more channels.
 */
public final class ResNet implements Architecture {
    /** The depths of the plain ones. */
    public static final List<Integer> DEPTHS = List.of(18, 34, 50, 101, 152);

    private static final int STEM = 64;
    private static final int[] PLANES = {64, 128, 256, 512};
    private static final int EXPANSION = 4;

    private final String name;
    private final int[] blocks;
    private final boolean bottleneck;
    private final int groups;
    private final int groupWidth;

    /** @param depth one of {@link #DEPTHS} */
    ResNet(int depth) {
        this("resnet" + depth, depth, 1, STEM);
    }

    /**
     * A variant.
     *
     * @param depth one of {@link #DEPTHS}, from 50 on where groups or their width are not the plain ones'
     * @param groups groups of a bottleneck's 3x3 convolution
     * @param groupWidth channels of each group in the first stage
     */
    ResNet(String name, int depth, int groups, int groupWidth) {
        this.name = name;
        this.bottleneck = depth >= 50;
        this.groups = groups;
        this.groupWidth = groupWidth;
        this.blocks = switch (depth) {
            case 18 -> new int[] {2, 2, 2, 2};
            case 34, 50 -> new int[] {3, 4, 6, 3};
            case 101 -> new int[] {3, 4, 23, 3};
            case 152 -> new int[] {3, 8, 36, 3};
            default -> throw new IllegalArgumentException("expected a depth of " + DEPTHS + ", found " + depth);
        };
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Node> stem() {
        return List.of(new Convolution("conv1", "bn1", 3, STEM, 7, 2, 1, RELU), new MaxPool("maxpool", 3, 2));
    }

    /** {@code layer1} to {@code layer4}. */
    @Override
    public List<List<Node>> stages() {
        List<List<Node>> stages = new ArrayList<>();
        int in = STEM;
        for (int stage = 0; stage < blocks.length; stage++) {
            int out = PLANES[stage] * (bottleneck ? EXPANSION : 1);
            List<Node> nodes = new ArrayList<>();
            for (int i = 0; i < blocks[stage]; i++) {
                String block = "layer" + (stage + 1) + "." + i;
                nodes.add(block(block, in, PLANES[stage], out, i == 0 && stage > 0 ? 2 : 1));
                in = out;
            }
            stages.add(nodes);
        }
        return stages;
    }

    @Override
    public Linear head() {
        return new Linear("fc", Start.UNIFORM);
    }

    private Node block(String name, int in, int planes, int out, int stride) {
        int width = planes * groupWidth / STEM * groups;
        List<Node> main = bottleneck
                ? List.of(
                        convolution(name, 1, in, width, 1, 1, 1, RELU),
                        convolution(name, 2, width, width, 3, stride, groups, RELU),
                        convolution(name, 3, width, out, 1, 1, 1, NONE))
                : List.of(
                        convolution(name, 1, in, planes, 3, stride, 1, RELU),
                        convolution(name, 2, planes, out, 3, 1, 1, NONE));
        String down = name + ".downsample.";
        List<Node> shortcut = in == out && stride == 1
                ? List.of()
                : List.of(new Convolution(down + 0, down + 1, in, out, 1, stride, 1, NONE));
        return new Sum(name, main, shortcut, RELU);
    }

    private static Convolution convolution(
            String block, int i, int in, int out, int kernel, int stride, int groups, Activation activation) {
        return new Convolution(block + ".conv" + i, block + ".bn" + i, in, out, kernel, stride, groups, activation);
    }
}
