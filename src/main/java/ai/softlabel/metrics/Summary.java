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
    /** A probability below this counts as this in the logarithm of NLL. */
    public static final double LEAST_PROBABILITY = Double.MIN_NORMAL;

    private static final double ONE = 0x1p32;
    private static final int TOP = 5;

    private long count;
    private long right;
    private long rightInTop;
    private long nll;
    private long brier;
    private long entropy;
    private final long[] binCount = new long[BINS];
    private final long[] binRight = new long[BINS];
    private final long[] binConfidence = new long[BINS];

    /**
     * Adds a picture.
     *
     * @param probabilities one for each class, in [0, 1], their sum 1
     * @param label the right class, from 0
     * @throws IllegalArgumentException where a probability is outside [0, 1] or not a number, or the label is no class
     */
    public void update(double[] probabilities, int label) {
        if (label < 0 || label >= probabilities.length) {
            throw new IllegalArgumentException(
                    "expected a label from 0 to " + (probabilities.length - 1) + ", found " + label);
        }
        int best = 0;
        int better = 0;
        double squares = 0;
        double disorder = 0;
        for (int c = 0; c < probabilities.length; c++) {
            double p = probabilities[c];
            if (!(p >= 0 && p <= 1)) {
                throw new IllegalArgumentException("expected probabilities in [0, 1], found " + p + " for class " + c);
            }
            best = p > probabilities[best] ? c : best;
            better += p > probabilities[label] || (p == probabilities[label] && c < label) ? 1 : 0;
            double miss = p - (c == label ? 1 : 0);
            squares += miss * miss;
            disorder -= p == 0 ? 0 : p * Math.log(p);
        }
        int bin = bin(probabilities[best]);
        count++;
        right += best == label ? 1 : 0;
        rightInTop += better < TOP ? 1 : 0;
        nll = Math.addExact(nll, fixed(-Math.log(Math.max(probabilities[label], LEAST_PROBABILITY))));
        brier = Math.addExact(brier, fixed(squares));
        entropy = Math.addExact(entropy, fixed(disorder));
        binCount[bin]++;
        binRight[bin] += best == label ? 1 : 0;
        binConfidence[bin] = Math.addExact(binConfidence[bin], fixed(probabilities[best]));
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

    private static long fixed(double value) {
        return Math.round(value * ONE);
    }
}
