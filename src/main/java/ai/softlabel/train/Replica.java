package ai.softlabel.train;

import ai.softlabel.Example;
import ai.softlabel.data.Crop;
import ai.softlabel.loss.BatchLoss;
import ai.softlabel.loss.Loss;
import ai.softlabel.network.Model;
import ai.softlabel.network.Network;

/** One replica: a copy of the whole model that is trained. */
final class Replica implements Learner {
    private final Recipe recipe;
    private final Model model;
    private final Network network;
    private final float[] gradient;
    private final Mixer mixer;
    private final float[] dropout;
    private final BatchTargets targets;
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
        mixer = a.mixes() ? new Mixer(a, recipe.imageSize()) : null;
        Loss function = recipe.loss();
        targets = new BatchTargets(function, batch, recipe.classes(), a.mixes());
        loss = new BatchLoss(
                function,
                recipe.balance().options(),
                targets.values(),
                targets.weights(),
                network.logits(),
                batch,
                recipe.classes());
    }

    /** Starts an epoch over this replica's pictures, with the running statistics and the loss's state at its start. */
    void start(int epoch, Items<Example> examples, float[] statistics, float[] lossState) {
        network.setStatistics(statistics);
        loss.start(lossState);
        finish();
        batches = new Batches<>(recipe, epoch, examples);
    }

    /**
     * Goes on within an epoch.
     *
     * @param batch the first batch's number in the epoch
     */
    void resume(int epoch, Items<Example> examples, ReplicaState own, float[] lossState, int batch) {
        network.setSums(own.sums());
        loss.start(lossState, own.gathered());
        finish();
        batches = new Batches<>(recipe, epoch, examples, batch, own.place());
    }

    @Override
    public void assemble(int index) {
        int size = recipe.imageSize();
        for (int i = 0; i < targets.rows(); i++) {
            Example e = batches.get(index, i);
            int turn = batches.turn(index, i);
            Crop crop = Crop.random(e.pixels(), recipe.augmentation().minScale(), batches.random("augment", e, turn));
            crop.write(e.pixels(), size, recipe.normalization(), network.input(), i * 3 * size * size);
            targets.set(i, e.annotation());
            if (dropout != null) {
                batches.dropout(e, turn, dropout, i * model.features(), model.features());
            }
        }
        if (mixer != null) {
            mixer.start(network.input());
            for (int i = 0; i < targets.rows(); i++) {
                int partner = (i + 1) % targets.rows();
                targets.mix(
                        i,
                        partner,
                        mixer.mix(
                                i,
                                partner,
                                network.input(),
                                batches.random("mix", batches.get(index, i), batches.turn(index, i))));
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
    public double[] gathered() {
        return loss.gathered();
    }

    @Override
    public ReplicaState state() {
        float[] sums = new float[model.statisticsSize()];
        network.sums(sums);
        return new ReplicaState(batches.place(), sums, loss.gathered());
    }

    @Override
    public void finish() {
        if (batches != null) {
            batches.close();
            batches = null;
        }
    }

    @Override
    public void close() {
        finish();
        network.close();
    }
}
