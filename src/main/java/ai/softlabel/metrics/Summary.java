package ai.softlabel.metrics;

import java.io.Serializable;

/**
 * What error and calibration are computed from: counts, and sums in fixed point, so that merging summaries in any order
 * or grouping gives the same bits. A fresh one is the identity of {@link #merge}.
 *
 * <p>Terms. Confidence: the largest probability. Right: the label is the class of the largest probability, of several
 * the first. A bin: one of 15 intervals of equal width over confidence, closed on the right, the first closed on both
 * sides (Guo et al., "On Calibration of Modern Neural Networks", 2017).
 *
 * <p>Guarantee: a sum is exact to 2^-33 for each picture; it holds for 2^31 nats in all, beyond which an update throws.
 */
public final class Summary implements Serializable {
    private static final long serialVersionUID = 1;

    /** The number of bins. */
    public static final int BINS = 15;

    static final double ONE = 0x1p32;

    private long count;
    private long right;
    private long rightInTop;
    private long nll;
    private long brier;
    private long entropy;
    private final long[] binCount = new long[BINS];
    private final long[] binRight = new long[BINS];
    private final long[] binConfidence = new long[BINS];
    private final Confidences confidences = new Confidences();
    private ClassBins classes;

    /** Adds a picture; see {@link Scored#of}. */
    public void update(double[] probabilities, int label) {
        update(Scored.of(probabilities, label), 1);
    }

    /**
     * Adds a picture several times, as a bootstrap's draw may.
     *
     * @param times at least 0
     */
    public void update(Scored p, int times) {
        if (times == 0) {
            return;
        }
        int bin = bin(p.confidence());
        count += times;
        right += p.right() ? times : 0;
        rightInTop += p.inTop() ? times : 0;
        nll = plus(nll, p.nll(), times);
        brier = plus(brier, p.brier(), times);
        entropy = plus(entropy, p.entropy(), times);
        binCount[bin] += times;
        binRight[bin] += p.right() ? times : 0;
        binConfidence[bin] = plus(binConfidence[bin], p.confidence(), times);
        confidences.add(p.confidence(), p.right(), times);
        if (classes == null) {
            classes = new ClassBins(p.probabilities().length);
        }
        classes.add(p.probabilities(), p.label(), times);
    }

    /** Adds another summary's pictures. */
    public Summary merge(Summary other) {
        count += other.count;
        right += other.right;
        rightInTop += other.rightInTop;
        nll = Math.addExact(nll, other.nll);
        brier = Math.addExact(brier, other.brier);
        entropy = Math.addExact(entropy, other.entropy);
        for (int b = 0; b < BINS; b++) {
            binCount[b] += other.binCount[b];
            binRight[b] += other.binRight[b];
            binConfidence[b] = Math.addExact(binConfidence[b], other.binConfidence[b]);
        }
        confidences.addAll(other.confidences);
        if (other.classes != null) {
            classes = classes == null ? new ClassBins(other.classes.classes()) : classes;
            classes.addAll(other.classes);
        }
        return this;
    }

    /** The bin of a confidence: b where b / 15 < confidence <= (b + 1) / 15. */
    public static int bin(double confidence) {
        int b = (int) Math.min(BINS - 1, Math.max(0, Math.ceil(confidence * BINS) - 1));
        if (b > 0 && confidence <= (double) b / BINS) {
            return b - 1;
        }
        return b < BINS - 1 && confidence > (double) (b + 1) / BINS ? b + 1 : b;
    }

    /** The number of pictures. */
    public long count() {
        return count;
    }

    public double error() {
        return share(count - right, count);
    }

    public double topFiveError() {
        return share(count - rightInTop, count);
    }

    public double nll() {
        return mean(nll);
    }

    public double brier() {
        return mean(brier);
    }

    public double entropy() {
        return mean(entropy);
    }

    public double meanConfidence() {
        long sum = 0;
        for (long c : binConfidence) {
            sum += c;
        }
        return mean(sum);
    }

    Confidences confidences() {
        return confidences;
    }

    /** Null where there are no pictures. */
    ClassBins classes() {
        return classes;
    }

    long binCount(int bin) {
        return binCount[bin];
    }

    /** Mean confidence in a bin, or 0 where it is empty. */
    double binConfidence(int bin) {
        return binCount[bin] == 0 ? 0 : binConfidence[bin] / ONE / binCount[bin];
    }

    /** Share of right answers in a bin, or 0 where it is empty. */
    double binAccuracy(int bin) {
        return binCount[bin] == 0 ? 0 : (double) binRight[bin] / binCount[bin];
    }

    private double mean(long sum) {
        return count == 0 ? Double.NaN : sum / ONE / count;
    }

    private static double share(long part, long of) {
        return of == 0 ? Double.NaN : (double) part / of;
    }

    static long plus(long sum, double value, int times) {
        return Math.addExact(sum, Math.multiplyExact(Math.round(value * ONE), times));
    }
}
