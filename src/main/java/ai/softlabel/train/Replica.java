package ai.softlabel.train;

import ai.softlabel.Example;
import ai.softlabel.data.Crop;
import ai.softlabel.loss.BatchLoss;
import ai.softlabel.loss.Smoothing;
import ai.softlabel.network.Model;
import ai.softlabel.network.Network;
import java.util.List;

/** One copy of the whole model that learns. */
final class Replica implements Learner {
    private final Recipe recipe;
    private final Model model;
    private final Network network;
    private final float[] gradient;
    private final Mixer mixer;
    private final float[] dropout;
    private final int[] labels;
    private final float[] target;
    private final BatchLoss loss;
    private Batches<Example> batches;

    /** @param weights the executor's shared weights */
    Replica(Recipe recipe, float[] weights, float[] statistics) {
        this.recipe = recipe;
        this.model = recipe.model();
        int batch = recipe.replicaBatch();
        Augmentation a = recipe.augmentation();
        gradient = new float[weights.length];
        dropout = a.dropout() > 0 ? new float[batch * model.features()] : null;
        network = new Network(model, batch, recipe.imageSize(), weights, gradient, statistics, dropout);
        mixer = a.mixes() ? new Mixer(a, recipe.classes(), recipe.imageSize()) : null;
        labels = new int[batch];
        target = new float[batch * (mixer == null ? 1 : recipe.classes())];
        loss = new BatchLoss(Smoothing.of(recipe.smoothing()), target, network.logits(), batch, recipe.classes());
    }

    /** Begins an epoch over this replica's pictures, with the statistics of its begin. */
    void begin(int epoch, List<Example> examples, float[] statistics) {
        network.setStatistics(statistics);
        batches = new Batches<>(recipe, epoch, examples);
    }

    @Override
    public void assemble(int index) {
        int size = recipe.imageSize();
        for (int i = 0; i < labels.length; i++) {
            Example e = batches.get(index, i);
            Crop crop = Crop.random(e.pixels(), recipe.augmentation().minScale(), batches.random("augment", e));
            crop.write(e.pixels(), size, recipe.normalization(), network.input(), i * 3 * size * size);
            labels[i] = e.label();
            if (dropout != null) {
                batches.dropout(e, dropout, i * model.features(), model.features());
            }
            if (mixer == null) {
                target[i] = e.label() + 1;
            }
        }
        if (mixer != null) {
            mixer.begin(network.input());
            for (int i = 0; i < labels.length; i++) {
                mixer.mix(
                        i,
                        (i + 1) % labels.length,
                        labels,
                        network.input(),
                        target,
                        batches.random("mix", batches.get(index, i)));
            }
        }
    }

    @Override
    public double compute() {
        network.forward();
        double value = loss.forward();
        if (Double.isFinite(value)) {
            network.backward(loss.gradient());
        }
        return value;
    }

    @Override
    public float[] gradient() {
        return gradient;
    }

    @Override
    public float[] statistics() {
        float[] out = new float[model.statisticsSize()];
        network.statistics(out);
        return out;
    }

    @Override
    public void close() {
        network.close();
    }
}
