package ai.softlabel.network;

import static ai.softlabel.network.Activation.NONE;
import static ai.softlabel.network.Activation.RELU6;

import ai.softlabel.network.Node.Convolution;
import ai.softlabel.network.Node.Sum;
import java.util.ArrayList;
import java.util.List;

/**
 * MobileNetV2 (Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018) of width 1, as
 * torchvision builds it. A block widens by a 1x1 convolution, filters each channel by itself, and narrows again without
 * an activation; where its input has the shape of its output, they are added.
 *
 * <p>Its stages are cut where the side halves, as in a ResNet: the stem leaves a half, the stages a quarter to a 32nd.
 * So early is what is at least an eighth of the picture's side.
 */
final class MobileNetV2 implements Architecture {
    private static final int STEM = 32;
    private static final int LAST = 1280;

    /** Blocks alike, one after the other; the first has the stride. */
    private record Row(int expansion, int channels, int blocks, int stride) {}

    /** The paper's table 2. */
    private static final List<Row> ROWS = List.of(
            new Row(1, 16, 1, 1),
            new Row(6, 24, 2, 2),
            new Row(6, 32, 3, 2),
            new Row(6, 64, 4, 2),
            new Row(6, 96, 3, 1),
            new Row(6, 160, 3, 2),
            new Row(6, 320, 1, 1));

    private final List<List<Node>> parts = parts();

    @Override
    public String name() {
        return "mobilenet_v2";
    }

    @Override
    public List<Node> stem() {
        return parts.get(0);
    }

    @Override
    public List<List<Node>> stages() {
        return parts.subList(1, parts.size());
    }

    /** Torchvision has dropout before it, which here {@code --dropout} sets. */
    @Override
    public Linear head() {
        return new Linear("classifier.1", Start.NORMAL);
    }

    /** Stem and stages: a row that halves the side opens a new part. */
    private static List<List<Node>> parts() {
        List<List<Node>> parts = new ArrayList<>();
        List<Node> part = new ArrayList<>(List.of(unit("features.0.", 3, STEM, 3, 2, 1)));
        parts.add(part);
        int in = STEM;
        int index = 1;
        for (Row row : ROWS) {
            if (row.stride() == 2) {
                part = new ArrayList<>();
                parts.add(part);
            }
            for (int i = 0; i < row.blocks(); i++) {
                part.addAll(block("features." + index, in, row, i == 0 ? row.stride() : 1));
                in = row.channels();
                index++;
            }
        }
        part.add(unit("features." + index + ".", in, LAST, 1, 1, 1));
        return parts;
    }

    private static List<Node> block(String name, int in, Row row, int stride) {
        List<Node> nodes = new ArrayList<>();
        int wide = in * row.expansion();
        String layer = name + ".conv.";
        int i = 0;
        if (row.expansion() > 1) {
            nodes.add(unit(layer + i++ + ".", in, wide, 1, 1, 1));
        }
        nodes.add(unit(layer + i++ + ".", wide, wide, 3, stride, wide));
        nodes.add(new Convolution(layer + i, layer + (i + 1), wide, row.channels(), 1, 1, 1, NONE));
        return stride == 1 && in == row.channels() ? List.of(new Sum(name, nodes, List.of(), NONE)) : nodes;
    }

    private static Convolution unit(String name, int in, int out, int kernel, int stride, int groups) {
        return new Convolution(name + 0, name + 1, in, out, kernel, stride, groups, RELU6);
    }
}
