package ai.softlabel.calibrate;

import java.util.Arrays;

/**
 * The search for one temperature: NLL is convex in β = 1/T, its slope the mean of E[z] - z(label) under softmax(β·z),
 * whose zero is found by Newton's method over x = log β within a bracket. A pass gives the slope at a few points, on
 * both sides of where Newton's step leads, so that the bracket shrinks as fast as the steps do: at most 10 passes, to
 * 1e-9.
 */
final class TemperatureSearch {
    static final double COLDEST = 1e-3;
    static final double HOTTEST = 1e3;
    static final int MOST_PASSES = 10;

    private static final double PRECISION = 1e-9;
    /** How far Newton's first step may be off from another set's temperature. */
    private static final double NEAR = 0.02;

    private double low = Math.log(1 / HOTTEST);
    private double high = Math.log(1 / COLDEST);
    private double[] points;
    private int passes;
    private boolean done;

    /** From nothing. */
    TemperatureSearch() {
        points = new double[] {low, -4, -2.5, -1.5, -0.75, 0, 0.75, 1.5, 2.5, 4, high};
    }

    /** From the temperature of nearly the same predictions. */
    TemperatureSearch(double near) {
        double x = -Math.log(near);
        points = new double[] {low, Math.max(low, x - NEAR), Math.min(high, x + NEAR), high};
    }

    boolean done() {
        return done;
    }

    int passes() {
        return passes;
    }

    /** The logarithms of 1/T to look at next. */
    double[] points() {
        return points;
    }

    double temperature() {
        return Math.exp(-(low + high) / 2);
    }

    /**
     * Takes what a pass found.
     *
     * @param slope of NLL by β at each point, of any common scale
     * @param curvature second derivative by β at each point
     */
    void take(double[] slope, double[] curvature) {
        passes++;
        double width = high - low;
        double best = Double.NaN;
        double step = Double.POSITIVE_INFINITY;
        for (int i = 0; i < points.length; i++) {
            if (slope[i] > 0) {
                high = Math.min(high, points[i]);
            } else {
                low = Math.max(low, points[i]);
            }
            double newton = -slope[i] / (curvature[i] * Math.exp(points[i]));
            if (Math.abs(newton) < Math.abs(step)) {
                step = newton;
                best = points[i];
            }
        }
        if (low >= high) {
            // No zero within: the slope is of one sign, and the end it falls towards is the best.
            low = Math.min(low, high);
            high = low;
        }
        done = high - low <= PRECISION || passes == MOST_PASSES;
        double middle = (low + high) / 2;
        double x = best + step;
        boolean within = x > low && x < high;
        double side = Math.max(PRECISION / 4, Math.min(step * step, (high - low) / 4));
        if (!within) {
            points = inside((low + middle) / 2, middle, (middle + high) / 2);
        } else if (width < 2 * (high - low)) {
            points = inside(x - side, x, x + side, middle);
        } else {
            points = inside(x - side, x, x + side);
        }
    }

    private double[] inside(double... all) {
        return Arrays.stream(all).filter(x -> x > low && x < high).toArray();
    }
}
