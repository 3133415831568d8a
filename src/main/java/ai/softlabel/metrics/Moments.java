package ai.softlabel.metrics;

import java.io.Serializable;

/**
 * Sum and sum of squares of a figure that each picture has, in fixed point: the mean is exact to 2^-33, the mean square
 * to 2^-21. Throws beyond 2^31 in all, or 2^43 of the squares.
 */
final class Moments implements Serializable {
    private static final long serialVersionUID = 1;

    private static final double SQUARE = 0x1p20;

    private long sum;
    private long squares;

    void add(double value, int times) {
        sum = FixedPoint.plus(sum, value, times);
        squares = Math.addExact(squares, Math.multiplyExact(Math.round(value * value * SQUARE), times));
    }

    void merge(Moments other) {
        sum = Math.addExact(sum, other.sum);
        squares = Math.addExact(squares, other.squares);
    }

    double mean(long count) {
        return FixedPoint.mean(sum, count);
    }

    long sum() {
        return sum;
    }

    /** The moments of a draw of so many from so many pictures: a normal number of their mean and variance. */
    Moments drawn(long size, long count, Draws draws) {
        Moments drawn = new Moments();
        double mean = mean(count);
        double variance = Math.max(0, squares / SQUARE / count - mean * mean);
        double value = Math.max(0, mean * size + Math.sqrt(variance * size) * draws.normal());
        drawn.sum = FixedPoint.of(value);
        return drawn;
    }
}
