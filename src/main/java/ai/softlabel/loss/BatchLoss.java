package ai.softlabel.loss;

import ai.softlabel.bigdl.Tensors;
import com.intel.analytics.bigdl.dllib.tensor.Tensor;

/** A loss's mean over one batch's plain arrays, for a training loop that fills them anew at each step. */
public final class BatchLoss {
    private final Loss loss;
    private final int classes;
    private final LossCriterion<Float> criterion;
    private final Tensor<Float> logits;
    private final Tensor<Float> target;
    private final float[] values;
    private LossState state;

    /** Every row with a weight of 1; see the other constructor. */
    public BatchLoss(Loss loss, float[] target, float[] logits, int rows, int classes) {
        this(loss, BatchOptions.MEAN, target, null, logits, rows, classes);
    }

    /**
     * @param target a label for each row, from 1, or (rows, classes) soft targets, row-major
     * @param weights a weight of at least 0 for each row, or null for none
     * @param logits (rows, classes), row-major
     */
    public BatchLoss(
            Loss loss, BatchOptions options, float[] target, double[] weights, float[] logits, int rows, int classes) {
        this.loss = loss;
        this.classes = classes;
        this.criterion = LossCriterion.ofFloats(loss, options);
        criterion.weights(weights);
        this.values = logits;
        this.logits = Tensors.of(logits, rows, classes);
        this.target = target.length == rows ? Tensors.of(target, rows) : Tensors.of(target, rows, classes);
        start(loss.initial(classes));
    }

    /**
     * Starts an epoch.
     *
     * @param learnt {@link Loss#initial} or the last {@link Loss#fold}
     */
    public void start(float[] learnt) {
        state = LossState.of(loss, classes, learnt);
        criterion.state(state);
    }

    /**
     * Goes on within an epoch.
     *
     * @param gathered what {@link #gathered} was there, of this replica
     */
    public void start(float[] learnt, double[] gathered) {
        start(learnt);
        System.arraycopy(gathered, 0, state.gathered(), 0, state.gathered().length);
    }

    /** What this epoch's batches have gathered so far; empty where the loss learns nothing. */
    public double[] gathered() {
        return state.gathered();
    }

    /**
     * The loss of what the arrays hold now, in nats; NaN where a logit is not finite, which ends a training and is no
     * mistake of a caller's.
     */
    public double forward() {
        for (float v : values) {
            if (!Float.isFinite(v)) {
                return Double.NaN;
            }
        }
        return criterion.forward(logits, target);
    }

    /** The gradient that belongs to the last {@link #forward}, (rows, classes), row-major. */
    public float[] gradient() {
        return Tensors.floats(criterion.backward(logits, target));
    }
}
