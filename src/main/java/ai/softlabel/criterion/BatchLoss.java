package ai.softlabel.criterion;

import ai.softlabel.bigdl.Tensors;
import com.intel.analytics.bigdl.dllib.tensor.Tensor;

/** A criterion over one batch's plain arrays, for a training loop that fills them anew at each step. */
public final class BatchLoss {
    private final LabelSmoothingCriterion<Float> criterion;
    private final Tensor<Float> logits;
    private final Tensor<Float> target;

    /**
     * @param labels one for each row, from 1
     * @param logits (rows, classes), row-major
     */
    public BatchLoss(Smoothing smoothing, float[] labels, float[] logits, int classes) {
        this.criterion = LabelSmoothingCriterion.ofFloats(smoothing);
        this.logits = Tensors.of(logits, labels.length, classes);
        this.target = Tensors.of(labels, labels.length);
    }

    /** The loss of what the arrays hold now, in nats. */
    public double forward() {
        return criterion.forward(logits, target);
    }

    /** The gradient that belongs to the last {@link #forward}, (rows, classes), row-major. */
    public float[] gradient() {
        return Tensors.floats(criterion.backward(logits, target));
    }
}
