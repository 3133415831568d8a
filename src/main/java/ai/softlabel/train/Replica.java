package ai.softlabel.train;

import ai.softlabel.Example;
import ai.softlabel.Seeds;
import ai.softlabel.criterion.BatchLoss;
import ai.softlabel.criterion.Smoothing;
import ai.softlabel.data.Crop;
import ai.softlabel.model.Network;
import ai.softlabel.model.ResNet;
import java.util.Comparator;
import java.util.List;

/**
 * One copy of the model that learns: assembles its batches, and computes loss and gradient. Belongs to the thread that
 * made it.
 */
final class Replica implements AutoCloseable {
    private final Recipe recipe;
    private final Network network;
    private final float[] gradient;
    private final float[] labels;
    private final BatchLoss loss;
    private List<Example> order = List.of();
    private int epoch;

    /** @param weights the executor's shared weights */
    Replica(Recipe recipe, boolean frozen, float[] weights, float[] statistics) {
        this.recipe = recipe;
        ResNet model = new ResNet(recipe.depth(), recipe.classes());
        int batch = recipe.replicaBatch();
        gradient = new float[weights.length];
        network = new Network(
                model,
                batch,
                recipe.imageSize(),
                frozen ? Network.Use.TRAIN_HEAD : Network.Use.TRAIN,
                weights,
                gradient,
                statistics);
        labels = new float[batch];
        loss = new BatchLoss(Smoothing.of(recipe.smoothing()), labels, network.logits(), recipe.classes());
    }

    /** Begins an epoch over this replica's pictures, in an order of its own. */
    void begin(int number, List<Example> examples) {
        epoch = number;
        order = examples.stream()
                .sorted(Comparator.comparingLong((Example e) -> Seeds.key(recipe.seed(), "order", number, e.name()))
                        .thenComparing(Example::name))
                .toList();
    }

    /** Crops, mirrors and normalises the pictures of a step, from 0 within the epoch. */
    void assemble(int step) {
        int batch = labels.length;
        int size = recipe.imageSize();
        for (int i = 0; i < batch; i++) {
            Example e = order.get(step * batch + i);
            Crop crop =
                    Crop.random(e.pixels(), recipe.minScale(), Seeds.stream(recipe.seed(), "augment", epoch, e.name()));
            crop.write(e.pixels(), size, recipe.normalization(), network.input(), i * 3 * size * size);
            labels[i] = e.label() + 1;
        }
    }

    /** Forward and backward over the assembled batch; the mean loss, or NaN where a logit is not finite. */
    double compute() {
        for (float v : network.forward()) {
            if (!Float.isFinite(v)) {
                return Double.NaN;
            }
        }
        double value = loss.forward();
        network.backward(loss.gradient());
        return value;
    }

    float[] gradient() {
        return gradient;
    }

    Network network() {
        return network;
    }

    @Override
    public void close() {
        network.close();
    }
}
