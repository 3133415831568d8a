package ai.softlabel.train;

import ai.softlabel.criterion.BatchLoss;
import ai.softlabel.criterion.Smoothing;
import ai.softlabel.model.Head;
import ai.softlabel.model.ResNet;
import java.util.List;

/**
 * The head that learns on a frozen body's features. Mixup and CutMix act on pictures, and so not here; dropout does.
 */
final class HeadLearner implements Learner {
    private final Recipe recipe;
    private final int features;
    private final Head head;
    private final float[] gradient;
    private final float[] dropout;
    private final float[] target;
    private final BatchLoss loss;
    private Batches<Features> batches;
    private int view;

    /** @param weights the executor's shared weights */
    HeadLearner(Recipe recipe, float[] weights) {
        this.recipe = recipe;
        ResNet model = new ResNet(recipe.depth(), recipe.classes());
        this.features = model.features();
        int batch = recipe.replicaBatch();
        gradient = new float[weights.length];
        dropout = recipe.augmentation().dropout() > 0 ? new float[batch * features] : null;
        head = new Head(model, batch, weights, gradient, dropout);
        target = new float[batch];
        loss = new BatchLoss(Smoothing.of(recipe.smoothing()), target, head.logits(), batch, recipe.classes());
    }

    /** Begins an epoch over this replica's features; epochs take the views in turn. */
    void begin(int epoch, List<Features> items) {
        view = epoch % recipe.augmentation().views();
        batches = new Batches<>(recipe, epoch, items);
    }

    @Override
    public void assemble(int index) {
        for (int i = 0; i < target.length; i++) {
            Features f = batches.get(index, i);
            System.arraycopy(f.views()[view], 0, head.input(), i * features, features);
            target[i] = f.label() + 1;
            if (dropout != null) {
                batches.dropout(f, dropout, i * features, features);
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
    public void close() {
        head.close();
    }
}
