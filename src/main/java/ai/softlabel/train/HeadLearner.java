package ai.softlabel.train;

import ai.softlabel.loss.BatchLoss;
import ai.softlabel.loss.Loss;
import ai.softlabel.network.Head;
import ai.softlabel.network.Model;
import ai.softlabel.score.Features;

/**
 * Trains the head on the features of a frozen body. Mixup and CutMix act on pictures and do not apply here; dropout
 * does.
 */
final class HeadLearner implements Learner {
    private final Recipe recipe;
    private final int features;
    private final Head head;
    private final float[] gradient;
    private final float[] dropout;
    private final BatchTargets targets;
    private final BatchLoss loss;
    private Items<Features> items;
    private Batches<Features> batches;
    private int epoch;
    private int perPass;
    private int pass;

    /** @param weights the executor's shared weights */
    HeadLearner(Recipe recipe, float[] weights) {
        this.recipe = recipe;
        Model model = recipe.model();
        this.features = model.features();
        int batch = recipe.replicaBatch();
        gradient = new float[weights.length];
        dropout = recipe.augmentation().dropout() > 0 ? new float[batch * features] : null;
        head = new Head(model, batch, weights, gradient, dropout);
        Loss function = recipe.loss();
        targets = new BatchTargets(function, batch, recipe.classes(), false);
        loss = new BatchLoss(
                function,
                recipe.balance().options(),
                targets.values(),
                targets.weights(),
                head.logits(),
                batch,
                recipe.classes());
    }

    /**
     * Starts an epoch over this replica's features. Each pass has its own order, and passes use the views in turn.
     *
     * @param steps of all its passes
     * @param lossState the loss's state at the epoch's start
     */
    void start(int ofEpoch, int steps, Items<Features> own, float[] lossState) {
        finish();
        loss.start(lossState);
        epoch = ofEpoch;
        items = own;
        perPass =
                Math.max(1, steps / recipe.headPasses() * recipe.optimization().accumulate());
        pass = -1;
    }

    /**
     * Goes on within an epoch.
     *
     * @param batch the first batch's number in the epoch
     */
    void resume(int ofEpoch, int steps, Items<Features> own, ReplicaState state, float[] lossState, int batch) {
        start(ofEpoch, steps, own, lossState);
        loss.start(lossState, state.gathered());
        if (batch % perPass != 0) {
            pass(batch, state.place());
        }
    }

    private void pass(int batch, Place from) {
        finish();
        pass = batch / perPass;
        batches = new Batches<>(recipe, epoch * recipe.headPasses() + pass, items, batch % perPass, from);
    }

    @Override
    public void assemble(int index) {
        if (index / perPass != pass) {
            pass(index, Place.START);
        }
        int view = (epoch * recipe.headPasses() + pass) % recipe.augmentation().views();
        for (int i = 0; i < targets.rows(); i++) {
            Features f = batches.get(index % perPass, i);
            System.arraycopy(f.views()[view], 0, head.input(), i * features, features);
            targets.set(i, f.annotation());
            if (dropout != null) {
                batches.dropout(f, batches.turn(index % perPass, i), dropout, i * features, features);
            }
        }
    }

    @Override
    public double compute() {
        head.forward(head.input());
        double value = loss.forward();
        if (Double.isFinite(value)) {
            head.backward(loss.gradient());
        }
        return value;
    }

    @Override
    public float[] gradient() {
        return gradient;
    }

    @Override
    public float[] statistics() {
        return null;
    }

    @Override
    public double[] gathered() {
        return loss.gathered();
    }

    @Override
    public ReplicaState state() {
        return new ReplicaState(batches.place(), new float[0], loss.gathered());
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
        head.close();
    }
}
