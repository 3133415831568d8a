package ai.softlabel.metrics;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Count, error, NLL and the reliability diagram's bins of some pictures: what a slice of the pictures shows. Counts,
 * and sums in fixed point, so that merging in any order or grouping gives the same bits; a fresh one is the identity of
 * {@link #merge}. Memory: less than 500 bytes, by the bins that have pictures.
 *
 * <p>A bin is one of 15 intervals of equal width over confidence, closed on the right, the first closed on both sides
 * (Guo et al., "On Calibration of Modern Neural Networks", 2017).
 */
public final class Reliability implements Serializable {
    private static final long serialVersionUID = 1;

    /** The number of bins. */
    public static final int BINS = 15;

    /** What a bin holds: its count, its correct answers, the sum of its confidences. */
    private static final int WIDTH = 3;

    private long count;
    private long correct;
    private long nll;
    // Which bins have pictures, and those bins' numbers in the order of the bins.
    private int present;
    private long[] bins = {};

    /** Adds a picture; see {@link PictureMetrics#of}. */
    public void update(double[] probabilities, int label) {
        update(PictureMetrics.of(probabilities, label), 1);
    }

    /**
     * Adds a picture several times.
     *
     * @param times at least 0
     */
    public void update(PictureMetrics p, int times) {
        update(p.correct(), p.confidence(), p.nll(), times);
    }

    /** Adds a picture several times, by what {@link PictureMetrics} says of it. */
    public void update(boolean right, double confidence, double loss, int times) {
        if (times == 0) {
            return;
        }
        count += times;
        correct += right ? times : 0;
        nll = FixedPoint.plus(nll, loss, times);
        int at = open(bin(confidence));
        bins[at] += times;
        bins[at + 1] += right ? times : 0;
        bins[at + 2] = FixedPoint.plus(bins[at + 2], confidence, times);
    }

    /** Adds counts of pictures whose confidences lie in one bin; NLL is set apart. */
    void add(int bin, long pictures, long corrects, long confidence) {
        count += pictures;
        correct += corrects;
        int at = open(bin);
        bins[at] += pictures;
        bins[at + 1] += corrects;
        bins[at + 2] = Math.addExact(bins[at + 2], confidence);
    }

    void nll(long sum) {
        nll = sum;
    }

    /** Adds another's pictures. */
    public Reliability merge(Reliability other) {
        count += other.count;
        correct += other.correct;
        nll = Math.addExact(nll, other.nll);
        for (int b = 0; b < BINS; b++) {
            int from = other.at(b);
            if (from >= 0) {
                int to = open(b);
                bins[to] += other.bins[from];
                bins[to + 1] += other.bins[from + 1];
                bins[to + 2] = Math.addExact(bins[to + 2], other.bins[from + 2]);
            }
        }
        return this;
    }

    /** The bin of a confidence: b where {@code b / 15 < confidence <= (b + 1) / 15}. */
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

    /** The number of correct answers. */
    public long correct() {
        return correct;
    }

    /** Share of wrong answers; NaN for no pictures. */
    public double error() {
        return FixedPoint.share(count - correct, count);
    }

    /** Mean -log of the label's probability, in nats; NaN for no pictures. */
    public double nll() {
        return FixedPoint.mean(nll, count);
    }

    /** Mean confidence; NaN for no pictures. */
    public double meanConfidence() {
        long sum = 0;
        for (int b = 0; b < BINS; b++) {
            sum += value(b, 2);
        }
        return FixedPoint.mean(sum, count);
    }

    long nllSum() {
        return nll;
    }

    long binCount(int bin) {
        return value(bin, 0);
    }

    /** Mean confidence in a bin, or 0 where it is empty. */
    double binConfidence(int bin) {
        return binCount(bin) == 0 ? 0 : value(bin, 2) / FixedPoint.ONE / binCount(bin);
    }

    /** Share of correct answers in a bin, or 0 where it is empty. */
    double binAccuracy(int bin) {
        return binCount(bin) == 0 ? 0 : (double) value(bin, 1) / binCount(bin);
    }

    private long value(int bin, int of) {
        int at = at(bin);
        return at < 0 ? 0 : bins[at + of];
    }

    /** Where a bin's numbers are, or -1. */
    private int at(int bin) {
        return (present >> bin & 1) == 0 ? -1 : WIDTH * Integer.bitCount(present & ((1 << bin) - 1));
    }

    /** Where a bin's numbers are, made room for where it had none. */
    private int open(int bin) {
        int at = at(bin);
        if (at < 0) {
            present |= 1 << bin;
            at = at(bin);
            int size = bins.length;
            bins = Arrays.copyOf(bins, size + WIDTH);
            System.arraycopy(bins, at, bins, at + WIDTH, size - at);
            Arrays.fill(bins, at, at + WIDTH, 0);
        }
        return at;
    }
}
