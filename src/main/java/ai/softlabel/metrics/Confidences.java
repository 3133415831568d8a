package ai.softlabel.metrics;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Pairs of confidence and right, in any order; asked for, they come sorted, so that the order in which they were added
 * is no matter.
 */
final class Confidences implements Serializable {
    private static final long serialVersionUID = 1;

    // The sign bit says right: a confidence of 0 that is right is -0.
    private double[] pairs = new double[16];
    private int size;

    void add(double confidence, boolean right, int times) {
        if (size + times > pairs.length) {
            pairs = Arrays.copyOf(pairs, Math.max(size + times, 2 * pairs.length));
        }
        Arrays.fill(pairs, size, size + times, right ? -confidence : confidence);
        size += times;
    }

    void addAll(Confidences other) {
        if (size + other.size > pairs.length) {
            pairs = Arrays.copyOf(pairs, Math.max(size + other.size, 2 * pairs.length));
        }
        System.arraycopy(other.pairs, 0, pairs, size, other.size);
        size += other.size;
    }

    /** By falling confidence, of equal ones the wrong first; the sign bit says right. */
    double[] falling() {
        Double[] sorted = new Double[size];
        for (int i = 0; i < size; i++) {
            sorted[i] = pairs[i];
        }
        Arrays.sort(sorted, (a, b) -> {
            int byConfidence = Double.compare(Math.abs(b), Math.abs(a));
            return byConfidence != 0 ? byConfidence : Boolean.compare(right(a), right(b));
        });
        double[] out = new double[size];
        for (int i = 0; i < size; i++) {
            out[i] = sorted[i];
        }
        return out;
    }

    static boolean right(double pair) {
        return Double.doubleToRawLongBits(pair) < 0;
    }
}
