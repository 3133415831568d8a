package ai.softlabel.calibrate;

import ai.softlabel.metrics.BinaryCounts;
import ai.softlabel.metrics.RankedLabels;
import java.io.Serializable;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.StreamSupport;

/**
 * One label's logits over all pictures, by rising logit, with whether each picture has the label and its fold: 8 bytes
 * for each. What is computed of it does not depend on the order in which it was put together.
 *
 * @param sorted each picture's logit, fold and label in one number, whose order is that of the logits
 */
public record LabelLogits(long[] sorted) implements Serializable {
    private static final int BITS = 8;

    /** A picture's number. */
    static long of(float logit, boolean positive, int fold) {
        int bits = Float.floatToIntBits(logit);
        // Floats of both signs in the order of whole numbers.
        int ordered = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
        return ((long) ordered << BITS) | ((long) fold << 1) | (positive ? 1 : 0);
    }

    /** Parts put together. */
    static LabelLogits joined(Iterable<long[]> parts) {
        long[] sorted = StreamSupport.stream(parts.spliterator(), false)
                .flatMapToLong(Arrays::stream)
                .toArray();
        Arrays.sort(sorted);
        return new LabelLogits(sorted);
    }

    /** The number of pictures. */
    public int count() {
        return sorted.length;
    }

    double logit(int i) {
        int ordered = (int) (sorted[i] >> BITS);
        return Float.intBitsToFloat(ordered ^ ((ordered >> 31) & Integer.MAX_VALUE));
    }

    boolean positive(int i) {
        return (sorted[i] & 1) == 1;
    }

    /** Those of some folds. */
    LabelLogits where(IntPredicate folds) {
        return new LabelLogits(Arrays.stream(sorted)
                .filter(s -> folds.test((int) (s >> 1) & 0x7f))
                .toArray());
    }

    /** Pictures that have the label. */
    public int positives() {
        return (int) Arrays.stream(sorted).filter(s -> (s & 1) == 1).count();
    }

    /** The figures of probabilities σ(scale · logit + shift), and of the decisions at a threshold. */
    public BinaryCounts counts(double scale, double shift, double threshold) {
        BinaryCounts counts = new BinaryCounts();
        for (int i = 0; i < count(); i++) {
            counts.update(scale * logit(i) + shift, positive(i), threshold);
        }
        return counts;
    }

    /** The pictures by falling scale · logit + shift. */
    public RankedLabels ranking(double scale, double shift) {
        int n = count();
        double[] scores = new double[n];
        boolean[] has = new boolean[n];
        for (int i = 0; i < n; i++) {
            int from = scale < 0 ? i : n - 1 - i;
            scores[i] = scale * logit(from) + shift;
            has[i] = positive(from);
        }
        return new RankedLabels(scores, has);
    }
}
