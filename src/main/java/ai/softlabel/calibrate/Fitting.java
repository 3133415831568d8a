package ai.softlabel.calibrate;

import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.exception.TooManyEvaluationsException;
import org.apache.commons.math3.optim.InitialGuess;
import org.apache.commons.math3.optim.MaxEval;
import org.apache.commons.math3.optim.SimpleValueChecker;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;
import org.apache.commons.math3.optim.nonlinear.scalar.ObjectiveFunction;
import org.apache.commons.math3.optim.nonlinear.scalar.ObjectiveFunctionGradient;
import org.apache.commons.math3.optim.nonlinear.scalar.gradient.NonLinearConjugateGradientOptimizer;
import org.apache.commons.math3.optim.nonlinear.scalar.gradient.NonLinearConjugateGradientOptimizer.Formula;

/** Fits calibrators by least NLL. */
final class Fitting {
    private static final double PRECISION = 1e-9;
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

    /** The best scales and shifts, by conjugate gradients from the best temperature. */
    static Calibrator.Vector vector(List<Labelled> data) {
        int classes = data.get(0).logits().length;
        double[] begin = new double[2 * classes];
        Arrays.fill(begin, 0, classes, 1 / temperature(data).temperature());
        NonLinearConjugateGradientOptimizer optimizer =
                new NonLinearConjugateGradientOptimizer(Formula.POLAK_RIBIERE, new SimpleValueChecker(1e-9, 1e-9));
        try {
            double[] best = optimizer
                    .optimize(
                            new MaxEval(5000),
                            new ObjectiveFunction(x -> nll(vector(x), data)),
                            new ObjectiveFunctionGradient(x -> gradient(vector(x), data)),
                            GoalType.MINIMIZE,
                            new InitialGuess(begin))
                    .getPoint();
            return vector(best);
        } catch (TooManyEvaluationsException e) {
            return vector(begin);
        }
    }

    private static Calibrator.Vector vector(double[] x) {
        int classes = x.length / 2;
        return new Calibrator.Vector(Arrays.copyOf(x, classes), Arrays.copyOfRange(x, classes, x.length));
    }

    private static double[] gradient(Calibrator.Vector v, List<Labelled> data) {
        int classes = v.scale().length;
        double[] g = new double[2 * classes];
        for (Labelled d : data) {
            double[] p = v.apply(d.logits());
            for (int c = 0; c < classes; c++) {
                double miss = (p[c] - (c == d.label() ? 1 : 0)) / data.size();
                g[c] += miss * d.logits()[c];
                g[classes + c] += miss;
            }
        }
        return g;
    }
}
