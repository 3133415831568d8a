package ai.softlabel.calibrate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Mean NLL of structured scaling with its ridge and derivatives, for all sets of a cross-validation in one pass (Berta,
 * Holzmüller, Jordan and Bach, "Structured Matrix Scaling for Multi-Class Calibration", 2026, arXiv 2511.03685):
 *
 * <pre>softmax((I + D)·u + b) with u = ln p, p those of {@link Calibrator.MixedTemperature}</pre>
 *
 * and the ridge K/n·(Σ D[c][c]² + Σ b[c]²) + K(K-1)/n·Σ D[c][j]² off the diagonal, for n pictures of K classes.
 * Parameters are D, row by row, then b; of vector scaling D is its diagonal alone.
 */
final class StructuredSums {
    // Where the ridge alone is curved, a slope of 1e-7 would leave probabilities 1e-6 off.
    private static final double FLAT = 1e-8;
    private static final double LEAST_GAIN = 1e-13;

    private final Predictions data;
    private final Folds folds;
    private final List<Calibrator.MixedTemperature> starts;
    private final boolean matrix;
    private final int classes;
    private final int parameters;

    StructuredSums(Predictions data, Folds folds, List<Calibrator.MixedTemperature> starts, boolean matrix) {
        this.data = data;
        this.folds = folds;
        this.starts = List.copyOf(starts);
        this.matrix = matrix;
        this.classes = data.classes();
        this.parameters = (matrix ? classes * classes : classes) + classes;
    }

    /** The best of each set, by L-BFGS from the identity. */
    List<Calibrator> fit() {
        List<double[]> points = new ArrayList<>();
        starts.forEach(s -> points.add(new double[parameters]));
        int width = 2 + parameters;
        ExactSums first = pass(points);
        List<Lbfgs> searches = new ArrayList<>();
        for (int set = 0; set < points.size(); set++) {
            double count = first.get(set * width);
            double[] diagonal = new double[parameters];
            // The ridge's second derivatives, and of the NLL's what it has at most for evenly likely classes.
            Arrays.setAll(diagonal, i -> 2 * ridge(i, count) + 1.0 / classes);
            double[] x = points.get(set);
            searches.add(new Lbfgs(
                    x, value(first, set * width, x), gradient(first, set * width, x), diagonal, FLAT, LEAST_GAIN));
        }
        while (searches.stream().anyMatch(s -> !s.done())) {
            List<double[]> next = new ArrayList<>();
            searches.forEach(s -> next.add(s.done() ? null : s.next()));
            ExactSums sums = pass(next);
            for (int set = 0; set < next.size(); set++) {
                double[] x = next.get(set);
                if (x != null) {
                    searches.get(set).take(value(sums, set * width, x), gradient(sums, set * width, x));
                }
            }
        }
        List<Calibrator> out = new ArrayList<>();
        for (int set = 0; set < searches.size(); set++) {
            out.add(calibrator(starts.get(set), searches.get(set).best()));
        }
        return out;
    }

    private Calibrator calibrator(Calibrator.MixedTemperature start, double[] x) {
        double[] shift = Arrays.copyOfRange(x, parameters - classes, parameters);
        if (!matrix) {
            double[] scale = Arrays.copyOf(x, classes);
            Arrays.setAll(scale, c -> 1 + scale[c]);
            return new Calibrator.StructuredVector(start, scale, shift);
        }
        double[][] rows = new double[classes][];
        for (int c = 0; c < classes; c++) {
            rows[c] = Arrays.copyOfRange(x, c * classes, (c + 1) * classes);
            rows[c][c]++;
        }
        return new Calibrator.StructuredMatrix(start, rows, shift);
    }

    /** The factor of a parameter's square. */
    private double ridge(int i, double count) {
        boolean off = matrix && i < classes * classes && i / classes != i % classes;
        return (off ? classes * (classes - 1.0) : classes) / count;
    }

    private double value(ExactSums sums, int from, double[] x) {
        double count = sums.get(from);
        double value = sums.get(from + 1) / count;
        for (int i = 0; i < parameters; i++) {
            value += ridge(i, count) * x[i] * x[i];
        }
        return value;
    }

    private double[] gradient(ExactSums sums, int from, double[] x) {
        double count = sums.get(from);
        double[] g = new double[parameters];
        Arrays.setAll(g, i -> sums.get(from + 2 + i) / count + 2 * ridge(i, count) * x[i]);
        return g;
    }

    private ExactSums pass(List<double[]> points) {
        double[][] x = points.toArray(double[][]::new);
        Folds of = folds;
        List<Calibrator.MixedTemperature> before = starts;
        boolean full = matrix;
        int width = 2 + parameters;
        return data.sum(x.length * width, (d, to) -> {
            int fold = Folds.fold(d);
            for (int set = 0; set < x.length; set++) {
                if (x[set] != null && of.fits(set, fold)) {
                    add(before.get(set).logarithms(d.logits()), d.label(), x[set], full, set * width, to);
                }
            }
        });
    }

    /** Adds count, NLL and gradient. */
    private static void add(double[] u, int label, double[] x, boolean full, int from, ExactSums to) {
        int classes = u.length;
        double[] t = new double[classes];
        double most = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            t[c] = u[c] + x[x.length - classes + c];
            for (int j = 0; full && j < classes; j++) {
                t[c] += x[c * classes + j] * u[j];
            }
            t[c] += full ? 0 : x[c] * u[c];
            most = Math.max(most, t[c]);
        }
        double sum = 0;
        double own = t[label] - most;
        for (int c = 0; c < classes; c++) {
            t[c] = Math.exp(t[c] - most);
            sum += t[c];
        }
        to.add(from, 1);
        to.add(from + 1, Math.log(sum) - own);
        for (int c = 0; c < classes; c++) {
            double miss = t[c] / sum - (c == label ? 1 : 0);
            to.add(from + 2 + x.length - classes + c, miss);
            if (!full) {
                to.add(from + 2 + c, miss * u[c]);
            }
            for (int j = 0; full && j < classes; j++) {
                to.add(from + 2 + c * classes + j, miss * u[j]);
            }
        }
    }
}
