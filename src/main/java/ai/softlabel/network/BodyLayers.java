package ai.softlabel.network;

import ai.softlabel.bigdl.Layer;
import ai.softlabel.bigdl.Layers;
import java.util.ArrayList;
import java.util.List;

/** Makes a body's layers of its {@link Node}s. */
final class BodyLayers implements Node.Visitor<List<Layer>> {
    private final boolean folded;
    private final boolean infers;
    private final boolean inPlace;
    private boolean first = true;
    // What leaves the input of the next node; null where that is not one layer.
    private Layer last;

    private BodyLayers(boolean folded, boolean infers, boolean inPlace) {
        this.folded = folded;
        this.infers = infers;
        this.inPlace = inPlace;
    }

    /** Layers that can learn. */
    static Layer learning(Model model, int imageSize) {
        return new BodyLayers(model.folded(), false, false).body(model, imageSize);
    }

    /**
     * Layers of a folded model that can't, and are faster for it.
     *
     * @param sums whether the last convolution of a block adds to the block's input in its own kernel
     */
    static Layer inference(Model model, int imageSize, boolean sums) {
        return new BodyLayers(model.folded(), true, sums).body(model, imageSize);
    }

    private Layer body(Model model, int imageSize) {
        List<Layer> layers = layers(model.nodes());
        layers.add(Layers.globalAveragePool(Node.sideAfter(model.nodes(), imageSize)));
        return sequence(layers);
    }

    private List<Layer> layers(List<Node> nodes) {
        List<Layer> layers = new ArrayList<>();
        nodes.forEach(n -> layers.addAll(n.accept(this)));
        return layers;
    }

    @Override
    public List<Layer> convolution(Node.Convolution c) {
        List<Layer> layers = new ArrayList<>();
        if (folded && infers && c.activation() == Activation.RELU) {
            layers.add(Layers.rectified(c.shape()));
        } else {
            boolean gradInput = !first;
            if (folded) {
                layers.add(Layers.biased(c.shape(), gradInput));
            } else {
                layers.add(Layers.convolution(c.shape(), gradInput));
                layers.add(Layers.batchNorm(c.shape().out()));
            }
            layers.addAll(activation(c.activation()));
        }
        first = false;
        last = layers.get(layers.size() - 1);
        return layers;
    }

    @Override
    public List<Layer> maxPool(Node.MaxPool p) {
        last = Layers.maxPool(p.kernel(), p.stride(), p.padding());
        return List.of(last);
    }

    @Override
    public List<Layer> sum(Node.Sum s) {
        if (inPlace && last != null && s.shortcut().isEmpty() && s.activation() != Activation.RELU6) {
            return addedInPlace(s);
        }
        Layer main = sequence(layers(s.main()));
        Layer shortcut = s.shortcut().isEmpty() ? Layers.identity() : sequence(layers(s.shortcut()));
        List<Layer> layers = new ArrayList<>(List.of(Layers.sum(main, shortcut)));
        List<Layer> activation = activation(s.activation());
        last = activation.isEmpty() ? null : activation.get(0);
        layers.addAll(activation);
        return List.of(sequence(layers));
    }

    /** A block whose last convolution writes over the block's input, which nothing reads any more. */
    private List<Layer> addedInPlace(Node.Sum s) {
        Layer input = last;
        int n = s.main().size() - 1;
        Node.Convolution c = (Node.Convolution) s.main().get(n);
        List<Layer> layers = layers(s.main().subList(0, n));
        last = Layers.added(input, c.shape(), s.activation() == Activation.RELU);
        layers.add(last);
        return layers;
    }

    private static List<Layer> activation(Activation activation) {
        return switch (activation) {
            case NONE -> List.of();
            case RELU -> List.of(Layers.relu());
            case RELU6 -> List.of(Layers.relu6());
        };
    }

    private static Layer sequence(List<Layer> layers) {
        return Layers.sequence(layers.toArray(Layer[]::new));
    }
}
