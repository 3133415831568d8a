package ai.softlabel.metrics;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Confidences of correct and wrong answers, in any order: each of them up to {@link Summary#EXACT}, beyond that their
 * histogram. Which of the two depends on their number alone, so the order of adding and merging changes nothing.
 */
final class Confidences implements Serializable {
    private static final long serialVersionUID = 1;

    // The sign bit says correct: a confidence of 0 that is correct is -0.
    private double[] pairs = new double[16];
    private int size;
    private ConfidenceHistogram histogram;

    Confidences() {}

    Confidences(ConfidenceHistogram histogram) {
        this.pairs = null;
        this.histogram = histogram;
    }

    boolean exact() {
        return histogram == null;
    }

    void add(double confidence, boolean correct, int times) {
        room(times);
        if (!exact()) {
            histogram.add(confidence, correct, times);
            return;
        }
        Arrays.fill(pairs, size, size + times, correct ? -confidence : confidence);
        size += times;
    }

    void addAll(Confidences other) {
        if (!other.exact()) {
            toHistogram();
            histogram.addAll(other.histogram);
            return;
        }
        room(other.size);
        if (!exact()) {
            other.addTo(histogram);
            return;
        }
        System.arraycopy(other.pairs, 0, pairs, size, other.size);
        size += other.size;
    }

    /** The histogram of all of them. */
    ConfidenceHistogram histogram() {
        if (!exact()) {
            return histogram;
        }
        ConfidenceHistogram h = new ConfidenceHistogram();
        addTo(h);
        return h;
    }

    /** By falling confidence, of equal ones the wrong first; the sign bit says correct. Where they are exact. */
    double[] falling() {
        long[] keys = new long[size];
        for (int i = 0; i < size; i++) {
            // Bits of numbers from 0 sort as the numbers do. The lowest puts the wrong above the correct ones.
            keys[i] = Double.doubleToRawLongBits(Math.abs(pairs[i])) << 1 | (correct(pairs[i]) ? 0 : 1);
        }
        Arrays.sort(keys);
        double[] out = new double[size];
        for (int i = 0; i < size; i++) {
            long key = keys[size - 1 - i];
            double confidence = Double.longBitsToDouble(key >>> 1);
            out[i] = (key & 1) == 0 ? -confidence : confidence;
        }
        return out;
    }

    static boolean correct(double pair) {
        return Double.doubleToRawLongBits(pair) < 0;
    }

    private void room(int more) {
        if (exact() && (long) size + more > Summary.EXACT) {
            toHistogram();
        } else if (exact() && size + more > pairs.length) {
            pairs = Arrays.copyOf(pairs, Math.max(size + more, 2 * pairs.length));
        }
    }

    private void toHistogram() {
        if (exact()) {
            histogram = histogram();
            pairs = null;
            size = 0;
        }
    }

    private void addTo(ConfidenceHistogram to) {
        for (int i = 0; i < size; i++) {
            to.add(Math.abs(pairs[i]), correct(pairs[i]), 1);
        }
    }
}
