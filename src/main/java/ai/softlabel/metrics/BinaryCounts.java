package ai.softlabel.metrics;

import java.io.Serializable;

/**
 * Summary of one label's probabilities over pictures that have it or not: decisions at a threshold, NLL, and the
 * reliability of the probability itself. Merging adds whole numbers, in any order to the same bits.
 */
public final class BinaryCounts implements Serializable {
    private static final long serialVersionUID = 1;

    /** Bins of the probability, of equal width. */
    private static final int BINS = Reliability.BINS;

    private long hits;
    private long missed;
    private long wrong;
    private long count;
    private long nll;
    private final long[] size = new long[BINS];
    private final long[] positive = new long[BINS];
    private final long[] confidence = new long[BINS];

    /** 1 / (1 + e^-z): the probability of log-odds z. */
    public static double sigmoid(double z) {
        return 1 / (1 + Math.exp(-z));
    }

    /** -t·ln σ(z) - (1 - t)·ln σ(-z), in nats: what log-odds z cost where the target is t, in [0, 1]. */
    public static double nll(double z, double t) {
        return Math.max(z, 0) - z * t + Math.log1p(Math.exp(-Math.abs(z)));
    }

    /**
     * Adds a picture.
     *
     * @param score the log-odds that it has the label
     * @param has whether it has it
     * @param threshold the least probability at which it is said to
     */
    public void update(double score, boolean has, double threshold) {
        double probability = sigmoid(score);
        boolean said = probability >= threshold;
        hits += has && said ? 1 : 0;
        missed += has && !said ? 1 : 0;
        wrong += !has && said ? 1 : 0;
        count++;
        nll = FixedPoint.plus(nll, nll(score, has ? 1 : 0), 1);
        int bin = Reliability.bin(probability);
        size[bin]++;
        positive[bin] += has ? 1 : 0;
        confidence[bin] = FixedPoint.plus(confidence[bin], probability, 1);
    }

    /** Adds another's pictures. */
    public void merge(BinaryCounts o) {
        hits += o.hits;
        missed += o.missed;
        wrong += o.wrong;
        count += o.count;
        nll = Math.addExact(nll, o.nll);
        for (int b = 0; b < BINS; b++) {
            size[b] += o.size[b];
            positive[b] += o.positive[b];
            confidence[b] = Math.addExact(confidence[b], o.confidence[b]);
        }
    }

    public long count() {
        return count;
    }

    /** Pictures that have the label. */
    public long positives() {
        return hits + missed;
    }

    /** The share of those said to have the label that have it; 0 where none is said to, as in scikit-learn. */
    public double precision() {
        return hits == 0 ? 0 : (double) hits / (hits + wrong);
    }

    /** The share of those that have the label that are said to; 0 where none has it. */
    public double recall() {
        return hits == 0 ? 0 : (double) hits / (hits + missed);
    }

    /** The harmonic mean of both, 2·hits / (2·hits + wrong + missed); 0 where there is no hit. */
    public double f1() {
        return hits == 0 ? 0 : 2.0 * hits / (2.0 * hits + wrong + missed);
    }

    /** The mean of -log of the probability given to what is so, in nats. */
    public double nll() {
        return FixedPoint.mean(nll, count);
    }

    /** Expected calibration error of the probability: Σ bin/n · |share that has the label - mean probability|. */
    public double ece() {
        double sum = 0;
        for (int b = 0; b < BINS; b++) {
            if (size[b] > 0) {
                sum += Math.abs(positive[b] - confidence[b] / FixedPoint.ONE);
            }
        }
        return sum / count;
    }
}
