package ai.softlabel.loss;

import ai.softlabel.bigdl.Tensors;
import com.intel.analytics.bigdl.dllib.nn.abstractnn.TensorCriterion;
import com.intel.analytics.bigdl.dllib.tensor.Tensor;

/**
 * A BigDL criterion over any {@link Loss}.
 *
 * <p>Input: logits of shape (batch, classes), or (classes) for a single row. Target: labels from 1, of shape (batch) or
 * (batch, 1), or a single one; or targets q of the logits' shape, values in [0, 1], which sum to 1 in each row where
 * the loss's link is softmax. The loss is in nats. Loss and gradient come out of one pass over the batch, in double
 * precision; {@code backward} after {@code forward} on the same tensors, as BigDL calls it, hands out that pass's
 * gradient. A call allocates nothing but the boxed result once it has seen the largest batch. Where every row is
 * ignored, loss and gradient are 0. An instance is not safe for use by several threads.
 *
 * <p>Each row's loss and gradient are multiplied by its weight ({@link #weights}). A mean is divided by the sum of the
 * rows' weights times their labels' class weights, as PyTorch divides by the labels' class weights; with targets q, by
 * the sum of the rows' weights alone, as PyTorch divides by their number. Weights of one size, whatever it is, are the
 * same as none; a row of weight 0 counts as an ignored one.
 *
 * <p>A wrong shape, a label that is neither a class nor the ignored label, or a logit that is not finite is an
 * {@link IllegalArgumentException} that quotes what was expected and what was found.
 *
 * @param <T> {@link Float} or {@link Double}
 */
public sealed class LossCriterion<T extends Number> extends TensorCriterion<T> permits LabelSmoothingCriterion {
    private static final long serialVersionUID = 1;

    private final Loss loss;
    private final BatchOptions options;
    private final double[] classWeights;
    private final boolean single;
    private transient Tensor<T> lastInput;
    private transient Tensor<T> lastTarget;
    private transient Scratch scratch;
    private transient double[] rowWeights;
    private transient LossState state;

    /** What a call works with, kept from call to call; a copy of the criterion starts without. */
    private static final class Scratch {
        final Rows rows = new Rows();
        final Targets targets = new Targets();
        double[] logits = {};
        double[] target = {};
        double[] gradient = {};
    }

    LossCriterion(Loss loss, BatchOptions options, Class<T> type) {
        super(Tensors.tag(type), Tensors.numeric(type));
        this.options = options;
        this.classWeights = options.classWeights();
        this.loss = classWeights == null ? loss : loss.weighted(classWeights);
        this.single = type == Float.class;
    }

    /** A criterion for float tensors. */
    public static LossCriterion<Float> ofFloats(Loss loss, BatchOptions options) {
        return new LossCriterion<>(loss, options, Float.class);
    }

    /** A criterion for double tensors. */
    public static LossCriterion<Double> ofDoubles(Loss loss, BatchOptions options) {
        return new LossCriterion<>(loss, options, Double.class);
    }

    /**
     * Weighs the rows of the batches that follow.
     *
     * @param ofRows a finite weight of at least 0 for each row, read at each forward; null for none
     */
    public void weights(double[] ofRows) {
        rowWeights = ofRows;
        lastInput = null;
    }

    /**
     * Reads from now on what was learnt out of {@code from}, and gathers into it: a pass over a batch adds it once.
     * Without this call a loss that learns stays as it is before its first epoch.
     */
    public void state(LossState from) {
        state = from;
        lastInput = null;
    }

    /** The loss, in nats. */
    @Override
    public T updateOutput(Tensor<T> input, Tensor<T> target) {
        lastInput = null;
        T value = boxed(pass(input, target));
        lastInput = input;
        lastTarget = target;
        output_$eq(value);
        return value;
    }

    /** The loss's gradient with respect to the logits, of the input's shape. */
    @Override
    public Tensor<T> updateGradInput(Tensor<T> input, Tensor<T> target) {
        if (input != lastInput || target != lastTarget) {
            updateOutput(input, target);
        }
        return gradInput();
    }

    private double pass(Tensor<T> input, Tensor<T> target) {
        if (scratch == null) {
            scratch = new Scratch();
        }
        Rows rows = scratch.rows;
        Targets targets = scratch.targets;
        rows.of(input);
        int classes = rows.classes;
        targets.of(target, rows.count, classes, options.ignored(), loss.link());
        check(rows.count, classes);
        if (scratch.logits.length < classes) {
            scratch.logits = new double[classes];
            scratch.target = new double[classes];
            scratch.gradient = new double[classes];
        }
        double[] logits = scratch.logits;
        double[] q = scratch.target;
        double[] gradients = scratch.gradient;
        LossState learnt = state(classes);
        Tensor<T> gradient = gradInput();
        rows.shape(gradient, input);
        double scale = options.reduction() == Reduction.SUM ? 1 : inverse(targets.weight(classWeights, rowWeights));
        double sum = 0;
        for (int row = 0; row < rows.count; row++) {
            double weight = rowWeights == null ? 1 : rowWeights[row];
            if (!targets.read(row, q) || weight == 0) {
                rows.ignore(row, gradient);
            } else {
                rows.read(row, logits);
                sum += loss.row(logits, q, classes, weight, learnt, gradients);
                rows.write(row, gradients, scale, gradient);
            }
        }
        return sum * scale;
    }

    private void check(int rows, int classes) {
        if (classWeights != null && classWeights.length != classes) {
            throw new IllegalArgumentException("expected logits for " + classWeights.length
                    + " classes, one for each class weight, found " + classes);
        }
        if (rowWeights == null) {
            return;
        }
        if (rowWeights.length != rows) {
            throw new IllegalArgumentException(
                    "expected " + rows + " row weights, one for each row of logits, found " + rowWeights.length);
        }
        for (int row = 0; row < rows; row++) {
            if (!(rowWeights[row] >= 0 && rowWeights[row] < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("expected finite row weights of at least 0, found " + rowWeights[row]
                        + " for row " + (row + 1));
            }
        }
    }

    /** What was learnt; of a loss that learns and was given no state, what it knows before its first epoch. */
    private LossState state(int classes) {
        if (state == null) {
            state = LossState.of(loss, classes);
        }
        if (state.gathered().length != loss.gathered(classes)) {
            throw new IllegalArgumentException("expected a state of " + loss.gathered(classes) + " sums of the loss "
                    + loss.name() + " for " + classes + " classes, found " + state.gathered().length);
        }
        return state;
    }

    private static double inverse(double weight) {
        return weight == 0 ? 0 : 1 / weight;
    }

    @SuppressWarnings("unchecked")
    private T boxed(double value) {
        return single ? (T) Float.valueOf((float) value) : (T) Double.valueOf(value);
    }
}
