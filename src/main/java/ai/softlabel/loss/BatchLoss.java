package ai.softlabel.loss;

import ai.softlabel.bigdl.Tensors;
import com.intel.analytics.bigdl.dllib.tensor.Tensor;

/** A criterion over one batch's plain arrays, for a training loop that fills them anew at each step. */
public final class BatchLoss {
    private final LabelSmoothingCriterion<Float> criterion;
    private final Tensor<Float> logits;
    private final Tensor<Float> target;

    private final float[] values;

    /**
     * @param target a label for each row, from 1, or (rows, classes) soft targets, row-major
     * @param logits (rows, classes), row-major
     */
    public BatchLoss(Smoothing smoothing, float[] target, float[] logits, int rows, int classes) {
        this.criterion = LabelSmoothingCriterion.ofFloats(smoothing);
        this.values = logits;
        this.logits = Tensors.of(logits, rows, classes);
        this.target = target.length == rows ? Tensors.of(target, rows) : Tensors.of(target, rows, classes);
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
