package ai.softlabel.calibrate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Mean NLL of vector scaling with its derivatives, for all sets of a cross-validation in one pass. Parameters are
 * scales, then shifts, one for each class.
 */
final class VectorSums {
    private static final double RIDGE = 1e-8;

    private final Predictions data;
    private final Folds folds;
    private final int parameters;

    VectorSums(Predictions data, Folds folds) {
        this.data = data;
        this.folds = folds;
        this.parameters = 2 * data.classes();
    }

    static Calibrator.Vector vector(double[] x) {
        int classes = x.length / 2;
        return new Calibrator.Vector(Arrays.copyOf(x, classes), Arrays.copyOfRange(x, classes, x.length));
    }

    /** Searches from a point for each set, of which a first pass takes second derivatives, too. */
    List<Lbfgs> start(List<double[]> points) {
        int width = 2 + 2 * parameters;
        ExactSums sums = pass(points, width, true);
        List<Lbfgs> out = new ArrayList<>();
        for (int set = 0; set < points.size(); set++) {
            double count = sums.get(set * width);
            double[] diagonal = new double[parameters];
            double most = 0;
            for (int i = 0; i < parameters; i++) {
                diagonal[i] = sums.get(set * width + 2 + parameters + i) / count;
                most = Math.max(most, diagonal[i]);
            }
            for (int i = 0; i < parameters; i++) {
                // What hardly matters where it starts may matter soon.
                diagonal[i] = Math.max(diagonal[i], 1e-3 * most) + RIDGE;
            }
            double[] x = points.get(set);
            out.add(new Lbfgs(x, value(sums, set * width, x), gradient(sums, set * width, x), diagonal));
        }
        return out;
    }

    /** A pass for the searches that are not done. */
    void step(List<Lbfgs> searches) {
        int width = 2 + parameters;
        List<double[]> points = new ArrayList<>();
        for (Lbfgs s : searches) {
            points.add(s.done() ? null : s.next());
        }
        ExactSums sums = pass(points, width, false);
        for (int set = 0; set < points.size(); set++) {
            double[] x = points.get(set);
            if (x != null) {
                searches.get(set).take(value(sums, set * width, x), gradient(sums, set * width, x));
            }
        }
    }

    private static double value(ExactSums sums, int from, double[] x) {
        double squares = 0;
        for (double v : x) {
            squares += v * v;
        }
        return sums.get(from + 1) / sums.get(from) + RIDGE / 2 * squares;
    }

    private double[] gradient(ExactSums sums, int from, double[] x) {
        double[] g = new double[parameters];
        for (int i = 0; i < parameters; i++) {
            g[i] = sums.get(from + 2 + i) / sums.get(from) + RIDGE * x[i];
        }
        return g;
    }

    private ExactSums pass(List<double[]> points, int width, boolean curvature) {
        double[][] x = points.toArray(double[][]::new);
        Folds of = folds;
        return data.sum(x.length * width, (d, to) -> {
            int fold = Folds.fold(d);
            for (int set = 0; set < x.length; set++) {
                if (x[set] != null && of.fits(set, fold)) {
                    add(d, x[set], set * width, curvature, to);
                }
            }
        });
    }

    /** Adds count, NLL, gradient and where wanted second derivatives. */
    private static void add(Labelled d, double[] x, int from, boolean curvature, ExactSums to) {
        float[] z = d.logits();
        int classes = z.length;
        double[] t = new double[classes];
        double most = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            t[c] = x[c] * z[c] + x[classes + c];
            most = Math.max(most, t[c]);
        }
        double sum = 0;
        double label = t[d.label()] - most;
        for (int c = 0; c < classes; c++) {
            t[c] = Math.exp(t[c] - most);
            sum += t[c];
        }
        to.add(from, 1);
        to.add(from + 1, Math.log(sum) - label);
        int second = from + 2 + 2 * classes;
        for (int c = 0; c < classes; c++) {
            double p = t[c] / sum;
            double miss = p - (c == d.label() ? 1 : 0);
            to.add(from + 2 + c, miss * z[c]);
            to.add(from + 2 + classes + c, miss);
            if (curvature) {
                to.add(second + c, Math.min(p * (1 - p) * z[c] * z[c], ExactSums.MOST / 2));
                to.add(second + classes + c, p * (1 - p));
            }
        }
    }
}
