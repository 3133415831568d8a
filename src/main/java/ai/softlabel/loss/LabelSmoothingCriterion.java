package ai.softlabel.loss;

/**
 * Cross-entropy with label smoothing (Szegedy et al., "Rethinking the Inception Architecture", 2016, section 7), over
 * logits:
 *
 * <pre>loss = (1-ε)·ce(i) + ε·Σ ce(j)/N        ce(j) = -log softmax(logits)[j]</pre>
 *
 * with i the correct class and N the number of classes; the sum runs over all N, the correct one included.
 *
 * <p>Smoothing is often described as "a target of 1-ε for the correct class and ε for the rest". Such a target does not
 * sum to 1 (if each of N-1 classes gets ε), or it means ε/(N-1) for each, which is a different ε. The formula mixes the
 * one-hot target with the uniform distribution, so that the correct class has 1-ε+ε/N and each other ε/N: a
 * distribution, for which the loss is a proper cross-entropy, least where softmax(logits) equals it. PyTorch's
 * {@code CrossEntropyLoss(label_smoothing=ε)} computes the same, with class weights w too: (1-ε)·w[i]·ce(i) + ε·Σ
 * w[j]·ce(j)/N, a mean being divided by Σ w[i] over the batch.
 *
 * <p>Soft targets q, as mixup and CutMix make them, have Σ q[j]·ce(j) in place of ce(i). Shapes, weights and errors are
 * those of {@link LossCriterion}.
 *
 * @param <T> {@link Float} or {@link Double}
 */
public final class LabelSmoothingCriterion<T extends Number> extends LossCriterion<T> {
    private static final long serialVersionUID = 1;

    private LabelSmoothingCriterion(Smoothing smoothing, Class<T> type) {
        super(LabelSmoothing.of(smoothing.epsilon()), smoothing.options(), type);
    }

    /** A criterion for float tensors. */
    public static LabelSmoothingCriterion<Float> ofFloats(Smoothing smoothing) {
        return new LabelSmoothingCriterion<>(smoothing, Float.class);
    }

    /** A criterion for double tensors. */
    public static LabelSmoothingCriterion<Double> ofDoubles(Smoothing smoothing) {
        return new LabelSmoothingCriterion<>(smoothing, Double.class);
    }
}
