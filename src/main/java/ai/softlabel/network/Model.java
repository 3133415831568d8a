package ai.softlabel.network;

import ai.softlabel.bigdl.Layer;
import ai.softlabel.bigdl.Layers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * An architecture with a number of classes: where its numbers lie, and its layers. The body maps pictures (batch, 3,
 * size, size) to features (batch, {@link #features()}); the head maps those to logits (batch, classes).
 *
 * <p>All parameters lie in one flat array in torchvision's order, body first; all running statistics in another, for
 * each BatchNorm its means, then its variances. BatchNorms have epsilon 1e-5 and momentum 0.1. In a folded model they
 * are part of their convolutions, see {@link Folding}: those then have a bias, and there are no running statistics.
 */
public final class Model {
    private static final int COLOURS = 3;

    private final Architecture architecture;
    private final int classes;
    private final boolean folded;
    private final int stages;
    private final List<Node> nodes;
    private final int features;
    private final List<Parameter> parameters = new ArrayList<>();
    private final List<BatchNormStatistics> statistics = new ArrayList<>();
    private int size;
    private int statisticsSize;

    private Model(Architecture architecture, int classes, boolean folded) {
        this.architecture = architecture;
        this.classes = classes;
        this.folded = folded;
        List<List<Node>> all = architecture.stages();
        this.stages = all.size();
        this.nodes = Stream.concat(Stream.of(architecture.stem()), all.stream())
                .flatMap(List::stream)
                .toList();
        this.features = Node.channelsAfter(nodes, COLOURS);
        describe(architecture.stem(), Group.STEM);
        for (int stage = 0; stage < stages; stage++) {
            describe(all.get(stage), Group.stage(stage));
        }
        String head = architecture.head().name();
        parameter(head + ".weight", Parameter.Kind.HEAD_WEIGHT, Group.HEAD, classes, features);
        parameter(head + ".bias", Parameter.Kind.HEAD_BIAS, Group.HEAD, classes);
    }

    /**
     * A plain model.
     *
     * @param architecture one of {@link Architectures#names}
     * @param classes at least 1
     * @throws IllegalArgumentException where there is no such architecture
     */
    public static Model of(String architecture, int classes) {
        return of(architecture, classes, false);
    }

    /** A model, plain or folded. */
    public static Model of(String architecture, int classes, boolean folded) {
        return new Model(Architectures.named(architecture), classes, folded);
    }

    /** A plain model of an architecture that need not be listed. */
    static Model of(Architecture architecture, int classes) {
        return new Model(architecture, classes, false);
    }

    /** The same model, its BatchNorms folded. */
    Model fold() {
        return folded ? this : new Model(architecture, classes, true);
    }

    /** The architecture's name. */
    public String architecture() {
        return architecture.name();
    }

    public int classes() {
        return classes;
    }

    /** Whether its BatchNorms are folded into the convolutions. */
    public boolean folded() {
        return folded;
    }

    /** The number of stages between stem and head. */
    public int stages() {
        return stages;
    }

    /** The number of features that the body yields. */
    public int features() {
        return features;
    }

    /** The least side of the pictures: that at which the last stage still sees two by two positions. */
    public int leastImageSize() {
        return 2 * nodes.stream().mapToInt(Node::stride).reduce(1, (a, b) -> a * b);
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
        return size;
    }

    /** The length of the flat array of running statistics. */
    public int statisticsSize() {
        return statisticsSize;
    }

    /** Where the head's parameters start in the flat array. */
    public int headOffset() {
        return parameters.get(parameters.size() - 2).offset();
    }

    /** New layers for the body, which can learn. */
    public Layer body(int imageSize) {
        return BodyLayers.learning(this, imageSize);
    }

    /**
     * New layers for the body of a folded model, which can't, and are faster for it.
     *
     * @param sums whether the last convolution of a block adds to the block's input in its own kernel
     */
    Layer inferenceBody(int imageSize, boolean sums) {
        return BodyLayers.inference(this, imageSize, sums);
    }

    /** A new layer for the head. */
    public Layer head() {
        return Layers.linear(features, classes);
    }

    /** The whole body, stem and stages. */
    List<Node> nodes() {
        return nodes;
    }

    /** The head as the architecture describes it. */
    Architecture.Linear linear() {
        return architecture.head();
    }

    private void describe(List<Node> part, Group group) {
        part.forEach(n -> n.accept(new Description(group)));
    }

    private void parameter(String name, Parameter.Kind kind, Group group, int... shape) {
        Parameter p = new Parameter(name, kind, group, size, shape);
        parameters.add(p);
        size += p.size();
    }

    /** Fills the tables of parameters and statistics. */
    private final class Description implements Node.Visitor<Void> {
        private final Group group;

        Description(Group group) {
            this.group = group;
        }

        @Override
        public Void convolution(Node.Convolution c) {
            int out = c.shape().out();
            parameter(c.name() + ".weight", Parameter.Kind.CONVOLUTION, group, c.weight());
            if (folded) {
                parameter(c.name() + ".bias", Parameter.Kind.NORM_BIAS, group, out);
            } else {
                parameter(c.norm() + ".weight", Parameter.Kind.NORM_WEIGHT, group, out);
                parameter(c.norm() + ".bias", Parameter.Kind.NORM_BIAS, group, out);
                statistics.add(new BatchNormStatistics(c.norm(), out, statisticsSize));
                statisticsSize += 2 * out;
            }
            return null;
        }

        @Override
        public Void maxPool(Node.MaxPool p) {
            return null;
        }

        @Override
        public Void sum(Node.Sum s) {
            s.main().forEach(n -> n.accept(this));
            s.shortcut().forEach(n -> n.accept(this));
            return null;
        }
    }
}
