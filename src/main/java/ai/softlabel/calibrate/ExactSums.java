package ai.softlabel.calibrate;

import java.io.Serializable;

/**
 * Sums in fixed point of 128 bits, in units of 2^-40: whole numbers, so that any order and grouping of adding gives the
 * same bits, and none that Spark can hold overflows.
 */
final class ExactSums implements Serializable {
    private static final long serialVersionUID = 1;

    private static final double ONE = 0x1p40;
    /** As what a larger value counts. */
    static final double MOST = 0x1p22;

    private final long[] low;
    private final long[] high;

    /** So many sums, all 0. */
    ExactSums(int size) {
        low = new long[size];
        high = new long[size];
    }

    int size() {
        return low.length;
    }

    /**
     * Adds a value, rounded to 2^-40. One that is further from 0 than 2^22 counts as 2^22: of a model so far off, no
     * fit comes out well, and none may end a run that is trained.
     *
     * @throws ArithmeticException where it is not a number
     */
    void add(int i, double value) {
        if (Double.isNaN(value)) {
            throw new ArithmeticException("expected finite logits, found a sum's part that is not a number");
        }
        long units = Math.round(Math.max(-MOST, Math.min(MOST, value)) * ONE);
        add(i, units, units >> 63);
    }

    private void add(int i, long units, long above) {
        long sum = low[i] + units;
        high[i] += above + (Long.compareUnsigned(sum, units) < 0 ? 1 : 0);
        low[i] = sum;
    }

    ExactSums merge(ExactSums other) {
        for (int i = 0; i < low.length; i++) {
            add(i, other.low[i], other.high[i]);
        }
        return this;
    }

    double get(int i) {
        if (high[i] == low[i] >> 63) {
            return low[i] / ONE;
        }
        return (high[i] * 0x1p64 + (low[i] >>> 1) * 2.0) / ONE;
    }
}
