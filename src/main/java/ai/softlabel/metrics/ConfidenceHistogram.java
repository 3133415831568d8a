package ai.softlabel.metrics;

import java.io.Serializable;

/**
 * The numbers of correct and wrong predictions by confidence, with a resolution of 1/64: a cell's confidences differ by
 * at most 1/64 of the confidence where that is at most 1/2, else by 1/64 of what it lacks to 1, and no cell reaches
 * over the edge of a bin of the reliability diagram. Below 2^-20 and above 1 - 2^-40 there is one cell each. Constant
 * size, and whole numbers, so that merging in any order or grouping gives the same bits.
 */
final class ConfidenceHistogram implements Serializable {
    private static final long serialVersionUID = 1;

    private static final int BITS = 6;
    private static final int LOWEST = -20;
    private static final int HIGHEST = -40;
    /** The cell of confidence 1/2, the last that goes by the confidence itself. */
    private static final int HALF = 1 + ((-1 - LOWEST) << BITS);
    /** The cell of a confidence of 1, but for the bins. */
    private static final int LAST = HALF + 1 + ((-1 - HIGHEST) << BITS);

    /** The number of cells. */
    static final int CELLS = LAST + Reliability.BINS;

    final long[] correct = new long[CELLS];
    final long[] wrong = new long[CELLS];
    /** Sums of confidence in fixed point. */
    final long[] sum = new long[CELLS];

    /** The cell of a confidence from 0 to 1; never falls where the confidence rises. */
    static int cell(double confidence) {
        int cell;
        double missing = 1 - confidence;
        if (confidence < 0x1p-20) {
            cell = 0;
        } else if (confidence <= 0.5) {
            cell = 1 + place(confidence, LOWEST);
        } else if (missing < 0x1p-40) {
            cell = LAST;
        } else {
            cell = LAST - 1 - place(missing, HIGHEST);
        }
        // Both rise with the confidence, so the sum is another wherever one of them is.
        return cell + Reliability.bin(confidence);
    }

    /** The bin of the reliability diagram that a cell lies in. */
    static int bin(int cell) {
        int bin = 0;
        while (cell > cell((bin + 1.0) / Reliability.BINS)) {
            bin++;
        }
        return bin;
    }

    /** Octave and leading bits of a number from 2^lowest. */
    private static int place(double value, int lowest) {
        int mantissa = (int) (Double.doubleToRawLongBits(value) >>> 52 - BITS) & (1 << BITS) - 1;
        return (Math.getExponent(value) - lowest << BITS) + mantissa;
    }

    void add(double confidence, boolean isCorrect, int times) {
        int cell = cell(confidence);
        (isCorrect ? correct : wrong)[cell] += times;
        sum[cell] = FixedPoint.plus(sum[cell], confidence, times);
    }

    void addAll(ConfidenceHistogram other) {
        for (int i = 0; i < CELLS; i++) {
            correct[i] += other.correct[i];
            wrong[i] += other.wrong[i];
            sum[i] = Math.addExact(sum[i], other.sum[i]);
        }
    }

    long count(int cell) {
        return correct[cell] + wrong[cell];
    }

    /** Mean confidence in a cell that is not empty. */
    double confidence(int cell) {
        return Math.min(1, sum[cell] / FixedPoint.ONE / count(cell));
    }
}
