package ai.softlabel.loss;

import ai.softlabel.bigdl.Tensors;
import com.intel.analytics.bigdl.dllib.nn.abstractnn.TensorCriterion;
import com.intel.analytics.bigdl.dllib.tensor.Tensor;

/**
 * Cross-entropy with label smoothing (Szegedy et al., "Rethinking the Inception Architecture", 2016, section 7), over
 * logits:
 *
 * <pre>loss = (1-ε)·ce(i) + ε·Σ ce(j)/N        ce(j) = -log softmax(logits)[j]</pre>
 *
 * with i the right class and N the number of classes; the sum runs over all N, the right one included.
 *
 * <p>Smoothing is often told as "a target of 1-ε for the right class and ε for the rest". Taken at its word that target
 * does not sum to 1 (each of N-1 classes given ε), or it must be read as ε/(N-1) for each, which is another ε. The
 * formula mixes the right class's target with the uniform distribution, so that the right class has 1-ε+ε/N and each
 * other ε/N: a distribution, for which the loss is a proper cross-entropy, least where softmax(logits) equals it.
 * PyTorch's {@code CrossEntropyLoss(label_smoothing=ε)} computes the same, with class weights w too: (1-ε)·w[i]·ce(i) +
 * ε·Σ w[j]·ce(j)/N, a mean being divided by Σ w[i] over the batch.
 *
 * <p>Input: logits of shape (batch, classes), or (classes) for a single row. Target: labels from 1, of shape (batch) or
 * (batch, 1), or a single one; or soft targets q of the logits' shape, as mixup and CutMix make them, with Σ q[j]·ce(j)
 * in place of ce(i). The loss is in nats. Log-softmax, loss and gradient come out of one pass over the batch, in double
 * precision; {@code backward} after {@code forward} on the same tensors, as BigDL calls it, hands out that pass's
 * gradient. A call allocates nothing but the boxed result once it has seen the largest batch. Where every row is
 * ignored, loss and gradient are 0. An instance is not safe for use by several threads.
 *
 * <p>A wrong shape, a label that is neither a class nor the ignored label, or a logit that is not finite is an
 * {@link IllegalArgumentException} that quotes what was expected and what was found.
 *
 * @param <T> {@link Float} or {@link Double}
 */
public final class LabelSmoothingCriterion<T extends Number> extends TensorCriterion<T> {
    private static final long serialVersionUID = 1;

    private final Smoothing smoothing;
    private final double[] classWeights;
    private final boolean single;
    private transient Tensor<T> lastInput;
    private transient Tensor<T> lastTarget;
    private transient Scratch scratch;

    /** What a call works with, kept from call to call; a copy of the criterion begins without. */
    private static final class Scratch {
        final Rows rows = new Rows();
        final Targets targets = new Targets();
        double[] logits = {};
        double[] target = {};
    }

    private LabelSmoothingCriterion(Smoothing smoothing, Class<T> type) {
        super(Tensors.tag(type), Tensors.numeric(type));
        this.smoothing = smoothing;
        this.classWeights = smoothing.classWeights();
        this.single = type == Float.class;
    }

    /** A criterion for float tensors. */
    public static LabelSmoothingCriterion<Float> ofFloats(Smoothing smoothing) {
        return new LabelSmoothingCriterion<>(smoothing, Float.class);
    }

    /** A criterion for double tensors. */
    public static LabelSmoothingCriterion<Double> ofDoubles(Smoothing smoothing) {
        return new LabelSmoothingCriterion<>(smoothing, Double.class);
    }

    /** The loss, in nats. */
    @Override
    public T updateOutput(Tensor<T> input, Tensor<T> target) {
        lastInput = null;
        T loss = boxed(pass(input, target));
        lastInput = input;
        lastTarget = target;
        output_$eq(loss);
        return loss;
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
        targets.of(target, rows.count, classes, smoothing.ignored());
        double[] weights = classWeights;
        if (weights != null && weights.length != classes) {
            throw new IllegalArgumentException(
                    "expected logits for " + weights.length + " classes, one for each class weight, found " + classes);
        }
        if (scratch.logits.length < classes) {
            scratch.logits = new double[classes];
            scratch.target = new double[classes];
        }
        double[] logits = scratch.logits;
        double[] q = scratch.target;
        Tensor<T> gradient = gradInput();
        rows.shape(gradient, input);
        double scale = smoothing.reduction() == Reduction.SUM ? 1 : inverse(targets.weight(weights));
        double loss = 0;
        for (int row = 0; row < rows.count; row++) {
            if (!targets.read(row, q)) {
                rows.ignore(row, gradient);
            } else {
                rows.read(row, logits);
                loss += row(logits, q, classes, weights, scale);
                rows.write(row, logits, gradient);
            }
        }
        return loss * scale;
    }

    /**
     * One row's loss for the target distribution q, all on the right class i where the label is hard; {@code logits}
     * holds its logits before, and its gradient times {@code scale} after.
     */
    private double row(double[] logits, double[] q, int n, double[] w, double scale) {
        double epsilon = smoothing.epsilon();
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < n; j++) {
            max = Math.max(max, logits[j]);
        }
        double sum = 0;
        for (int j = 0; j < n; j++) {
            sum += Math.exp(logits[j] - max);
        }
        double log = Math.log(sum);
        double ceOfTarget = 0;
        double sumOfCe = 0;
        double total = 0;
        for (int j = 0; j < n; j++) {
            double weight = w == null ? 1 : w[j];
            double ce = log - (logits[j] - max);
            ceOfTarget += q[j] * weight * ce;
            sumOfCe += weight * ce;
            total += weight * ((1 - epsilon) * q[j] + epsilon / n);
        }
        for (int j = 0; j < n; j++) {
            double target = (w == null ? 1 : w[j]) * ((1 - epsilon) * q[j] + epsilon / n);
            logits[j] = scale * (total * Math.exp(logits[j] - max - log) - target);
        }
        return (1 - epsilon) * ceOfTarget + epsilon * sumOfCe / n;
    }

    private static double inverse(double weight) {
        return weight == 0 ? 0 : 1 / weight;
    }

    @SuppressWarnings("unchecked")
    private T boxed(double value) {
        return single ? (T) Float.valueOf((float) value) : (T) Double.valueOf(value);
    }
}
