package ai.softlabel.calibrate;

import java.util.List;
import org.apache.commons.math3.exception.MaxCountExceededException;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.ConjugateGradient;
import org.apache.commons.math3.linear.RealLinearOperator;
import org.apache.commons.math3.linear.RealVector;

/** Fits calibrators by least NLL. */
final class Fitting {
    private static final double PRECISION = 1e-9;
    private static final int STEPS = 100;
    private static final double SOLVED = 1e-4;
    private static final double ENOUGH = 1e-4;
    private static final double SHORTEST = 1e-6;
    private static final double FLATTEST = 1e-8;
    private static final double COLDEST = 1e-3;
    private static final double HOTTEST = 1e3;

    private Fitting() {}

    /** The mean NLL of predictions under a calibrator, in nats. */
    static double nll(Calibrator calibrator, List<Labelled> data) {
        double sum = 0;
        for (Labelled d : data) {
            sum -= Math.log(Math.max(calibrator.apply(d.logits())[d.label()], Double.MIN_NORMAL));
        }
        return sum / data.size();
    }

    /**
     * The best temperature. NLL is convex in β = 1/T, its slope the mean of E[z] - z(label) under softmax(β·z): the
     * slope's zero is found by bisection over log β, to 1e-9. A model that is always right wants β without end, and
     * gets the coldest temperature of 1e-3.
     */
    static Calibrator.Temperature temperature(List<Labelled> data) {
        double low = Math.log(1 / HOTTEST);
        double high = Math.log(1 / COLDEST);
        while (high - low > PRECISION) {
            double middle = (low + high) / 2;
            if (slope(data, Math.exp(middle)) > 0) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return new Calibrator.Temperature(Math.exp(-(low + high) / 2));
    }

    private static double slope(List<Labelled> data, double beta) {
        Calibrator.Temperature t = new Calibrator.Temperature(1 / beta);
        double sum = 0;
        for (Labelled d : data) {
            double[] p = t.apply(d.logits());
            for (int c = 0; c < p.length; c++) {
                sum += p[c] * d.logits()[c];
            }
            sum -= d.logits()[d.label()];
        }
        return sum;
    }

    /**
     * The best scales and shifts, by Newton's method from the best temperature. NLL is convex in them; each step is
     * found by conjugate gradients, which want the Hessian's products only (Nocedal and Wright, "Numerical
     * Optimization", 2006, algorithm 7.1), and halved until it lowers NLL enough.
     */
    static Calibrator.Vector vector(List<Labelled> data) {
        int classes = data.get(0).logits().length;
        RealVector x = new ArrayRealVector(2 * classes);
        x.setSubVector(0, new ArrayRealVector(classes, 1 / temperature(data).temperature()));
        double now = nll(vector(x), data);
        for (int step = 0; step < STEPS; step++) {
            RealVector down = gradient(vector(x), data).mapMultiplyToSelf(-1);
            RealVector way = new ArrayRealVector(2 * classes);
            try {
                new ConjugateGradient(4 * classes, SOLVED, false)
                        .solveInPlace(hessian(vector(x), data), null, down, way);
            } catch (MaxCountExceededException e) {
                // As far as it came is a way down, too.
            }
            double slope = way.dotProduct(down);
            double length = 1;
            double next = nll(vector(x.add(way)), data);
            while (next > now - ENOUGH * length * slope && length > SHORTEST) {
                length /= 2;
                next = nll(vector(x.add(way.mapMultiply(length))), data);
            }
            if (!(now - next > PRECISION)) {
                break;
            }
            x = x.add(way.mapMultiply(length));
            now = next;
        }
        return vector(x);
    }

    private static Calibrator.Vector vector(RealVector x) {
        int classes = x.getDimension() / 2;
        return new Calibrator.Vector(
                x.getSubVector(0, classes).toArray(),
                x.getSubVector(classes, classes).toArray());
    }

    /** Of the mean NLL, with respect to scales, then shifts. */
    private static RealVector gradient(Calibrator.Vector v, List<Labelled> data) {
        double[] g = new double[2 * v.scale().length];
        for (Labelled d : data) {
            double[] miss = v.apply(d.logits());
            miss[d.label()] -= 1;
            add(miss, d, data.size(), g);
        }
        return new ArrayRealVector(g, false);
    }

    /** The second derivatives of the mean NLL, as what they do to a direction; a little more, so that none is flat. */
    private static RealLinearOperator hessian(Calibrator.Vector v, List<Labelled> data) {
        List<double[]> probabilities =
                data.stream().map(d -> v.apply(d.logits())).toList();
        int size = 2 * v.scale().length;
        return new RealLinearOperator() {
            @Override
            public int getRowDimension() {
                return size;
            }

            @Override
            public int getColumnDimension() {
                return size;
            }

            @Override
            public RealVector operate(RealVector direction) {
                double[] out = direction.mapMultiply(FLATTEST).toArray();
                for (int i = 0; i < data.size(); i++) {
                    float[] logits = data.get(i).logits();
                    double[] p = probabilities.get(i);
                    double[] change = new double[p.length];
                    double mean = 0;
                    for (int c = 0; c < p.length; c++) {
                        change[c] = direction.getEntry(c) * logits[c] + direction.getEntry(p.length + c);
                        mean += p[c] * change[c];
                    }
                    for (int c = 0; c < p.length; c++) {
                        change[c] = p[c] * (change[c] - mean);
                    }
                    add(change, data.get(i), data.size(), out);
                }
                return new ArrayRealVector(out, false);
            }
        };
    }

    /** Adds what a change of each transformed logit is to scales and shifts, as a part of a mean. */
    private static void add(double[] change, Labelled d, int count, double[] to) {
        for (int c = 0; c < change.length; c++) {
            to[c] += change[c] * d.logits()[c] / count;
            to[change.length + c] += change[c] / count;
        }
    }
}
