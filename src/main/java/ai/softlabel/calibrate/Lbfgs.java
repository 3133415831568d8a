package ai.softlabel.calibrate;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Minimises a smooth convex function by L-BFGS (Nocedal and Wright, "Numerical Optimization", 2006, algorithm 7.4),
 * from the inverse of given second derivatives, a step halved until it lowers the value enough. It names a point and
 * takes value and gradient there, so that one pass over the data serves several of them.
 */
final class Lbfgs {
    static final int MOST_PASSES = 100;

    private static final int MEMORY = 10;
    private static final double ENOUGH = 1e-4;
    private static final double SHORTEST = 1e-8;
    private static final double FLAT = 1e-7;
    private static final double LEAST_GAIN = 1e-11;

    /** A step, the change of the gradient over it, and their product. */
    private record Pair(double[] step, double[] change, double product) {}

    private final double[] inverse;
    private final double flat;
    private final double leastGain;
    private final Deque<Pair> pairs = new ArrayDeque<>();
    private double[] at;
    private double[] trial;
    private double[] gradient;
    private double[] way;
    private double value;
    private double slope;
    private double length;
    private int passes;
    private boolean done;

    /**
     * A search.
     *
     * @param diagonal second derivatives at the start, above 0
     */
    Lbfgs(double[] start, double value, double[] gradient, double[] diagonal) {
        this(start, value, gradient, diagonal, FLAT, LEAST_GAIN);
    }

    /**
     * A search of a precision.
     *
     * @param flat it ends where no slope is steeper
     * @param leastGain it ends where a step lowers the value by less
     */
    Lbfgs(double[] start, double value, double[] gradient, double[] diagonal, double flat, double leastGain) {
        this.flat = flat;
        this.leastGain = leastGain;
        this.at = start.clone();
        this.value = value;
        this.gradient = gradient.clone();
        this.inverse = new double[diagonal.length];
        for (int i = 0; i < diagonal.length; i++) {
            inverse[i] = 1 / diagonal[i];
        }
        done = flat();
        turn();
    }

    boolean done() {
        return done;
    }

    /** The best point so far. */
    double[] best() {
        return at;
    }

    /** The point to look at next. */
    double[] next() {
        return trial;
    }

    /** Takes the value and the gradient at {@link #next}. */
    void take(double found, double[] there) {
        passes++;
        if (!(found <= value + ENOUGH * length * slope)) {
            length /= 2;
            done = length < SHORTEST || passes >= MOST_PASSES;
            trial = along(length);
            return;
        }
        double[] step = new double[at.length];
        double[] change = new double[at.length];
        for (int i = 0; i < at.length; i++) {
            step[i] = trial[i] - at[i];
            change[i] = there[i] - gradient[i];
        }
        double product = dot(step, change);
        if (product > 0) {
            pairs.addFirst(new Pair(step, change, product));
            if (pairs.size() > MEMORY) {
                pairs.removeLast();
            }
        }
        double gain = value - found;
        at = trial;
        value = found;
        gradient = there.clone();
        done = gain < leastGain || flat() || passes >= MOST_PASSES;
        turn();
    }

    private boolean flat() {
        double most = 0;
        for (double g : gradient) {
            most = Math.max(most, Math.abs(g));
        }
        return most < flat;
    }

    /** Sets out from where it is. */
    private void turn() {
        way = new double[at.length];
        for (int i = 0; i < way.length; i++) {
            way[i] = -gradient[i];
        }
        double[] share = new double[pairs.size()];
        int k = 0;
        for (Pair p : pairs) {
            share[k] = dot(p.step(), way) / p.product();
            add(way, p.change(), -share[k++]);
        }
        double scale = 1;
        if (!pairs.isEmpty()) {
            Pair p = pairs.getFirst();
            double curved = 0;
            for (int i = 0; i < inverse.length; i++) {
                curved += p.change()[i] * inverse[i] * p.change()[i];
            }
            scale = p.product() / curved;
        }
        for (int i = 0; i < way.length; i++) {
            way[i] *= scale * inverse[i];
        }
        for (Iterator<Pair> old = pairs.descendingIterator(); old.hasNext(); ) {
            Pair p = old.next();
            add(way, p.step(), share[--k] - dot(p.change(), way) / p.product());
        }
        slope = dot(way, gradient);
        length = 1;
        trial = along(length);
    }

    private double[] along(double part) {
        double[] x = at.clone();
        add(x, way, part);
        return x;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static void add(double[] to, double[] what, double times) {
        for (int i = 0; i < to.length; i++) {
            to[i] += times * what[i];
        }
    }
}
