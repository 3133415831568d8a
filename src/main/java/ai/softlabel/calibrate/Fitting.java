package ai.softlabel.calibrate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Fits calibrators by least NLL, for all sets of a cross-validation in the same passes over the predictions. Sums are
 * exact, so the same predictions give the same bits in any order and partitions.
 */
final class Fitting {
    private Fitting() {}

    /** The mean NLL of predictions under a calibrator, in nats. */
    static double nll(Calibrator calibrator, List<Labelled> data) {
        return Predictions.of(data)
                        .sum(1, (d, to) -> to.add(0, nll(calibrator, d)))
                        .get(0)
                / data.size();
    }

    /**
     * The mean NLL of each prediction under the calibrator that was fitted without its fold; +∞ where there are no
     * folds.
     *
     * @param calibrators one for each set
     */
    static double crossValidated(Predictions data, Folds folds, List<Calibrator> calibrators) {
        List<Calibrator> sent = List.copyOf(calibrators);
        ExactSums sums = data.sum(2, (d, to) -> {
            int set = folds.without(Folds.fold(d));
            if (set >= 0) {
                to.add(0, nll(sent.get(set), d));
                to.add(1, 1);
            }
        });
        return sums.get(1) == 0 ? Double.POSITIVE_INFINITY : sums.get(0) / sums.get(1);
    }

    /** The NLL of one prediction under a calibrator, in nats. */
    static double nll(Calibrator calibrator, Labelled d) {
        return -Math.log(Math.max(calibrator.apply(d.logits())[d.label()], Double.MIN_NORMAL));
    }

    /** The best temperature of predictions in memory; see {@link #temperatures}. */
    static Calibrator.Temperature temperature(List<Labelled> data) {
        return temperatures(Predictions.of(data), Folds.none(data.size())).get(0);
    }

    /** The best scales and shifts of predictions in memory; see {@link #vectors}. */
    static Calibrator.Vector vector(List<Labelled> data) {
        Predictions all = Predictions.of(data);
        Folds folds = Folds.none(data.size());
        return vectors(all, folds, temperatures(all, folds)).get(0);
    }

    /**
     * The best temperature of each set, in at most 10 passes for all predictions and at most 10 for the folds, which
     * start from there. A model that is always right wants β = 1/T without end, and gets the coldest temperature of
     * 1e-3.
     */
    static List<Calibrator.Temperature> temperatures(Predictions data, Folds folds) {
        TemperatureSearch[] searches = new TemperatureSearch[folds.sets()];
        searches[0] = new TemperatureSearch();
        run(data, folds, searches);
        for (int set = 1; set < searches.length; set++) {
            searches[set] = new TemperatureSearch(searches[0].temperature());
        }
        run(data, folds, searches);
        return Arrays.stream(searches)
                .map(s -> new Calibrator.Temperature(s.temperature()))
                .toList();
    }

    /** Temperatures of which 1/(n + 1) is uniform, n the predictions of the set. */
    static List<Calibrator.MixedTemperature> mixed(
            Predictions data, Folds folds, List<Calibrator.Temperature> temperatures) {
        ExactSums counts = data.sum(folds.sets(), (d, to) -> {
            int fold = Folds.fold(d);
            for (int set = 0; set < folds.sets(); set++) {
                to.add(set, folds.fits(set, fold) ? 1 : 0);
            }
        });
        List<Calibrator.MixedTemperature> out = new ArrayList<>();
        for (int set = 0; set < folds.sets(); set++) {
            out.add(new Calibrator.MixedTemperature(
                    temperatures.get(set).temperature(), (int) Math.round(counts.get(set))));
        }
        return out;
    }

    private static void run(Predictions data, Folds folds, TemperatureSearch[] searches) {
        while (true) {
            double[][] points = new double[searches.length][];
            int[] from = new int[searches.length];
            int size = 0;
            for (int set = 0; set < searches.length; set++) {
                boolean open = searches[set] != null && !searches[set].done();
                points[set] = open ? searches[set].points() : new double[0];
                from[set] = size;
                size += 2 * points[set].length;
            }
            if (size == 0) {
                return;
            }
            ExactSums sums = data.sum(size, (d, to) -> {
                int fold = Folds.fold(d);
                for (int set = 0; set < points.length; set++) {
                    if (folds.fits(set, fold)) {
                        slopes(d, points[set], from[set], to);
                    }
                }
            });
            for (int set = 0; set < searches.length; set++) {
                int count = points[set].length;
                if (count > 0) {
                    double[] slope = new double[count];
                    double[] curvature = new double[count];
                    for (int i = 0; i < count; i++) {
                        slope[i] = sums.get(from[set] + 2 * i);
                        curvature[i] = sums.get(from[set] + 2 * i + 1);
                    }
                    searches[set].take(slope, curvature);
                }
            }
        }
    }

    /** Adds E[z] - z(label) and Var[z] under softmax(β·z), at each point log β. */
    private static void slopes(Labelled d, double[] points, int from, ExactSums to) {
        float[] z = d.logits();
        double most = Double.NEGATIVE_INFINITY;
        for (float v : z) {
            most = Math.max(most, v);
        }
        for (int i = 0; i < points.length; i++) {
            double beta = Math.exp(points[i]);
            double sum = 0;
            double mean = 0;
            double squares = 0;
            for (float v : z) {
                // From the largest, so that a common level takes no digits.
                double below = v - most;
                double p = Math.exp(beta * below);
                sum += p;
                mean += p * below;
                squares += p * below * below;
            }
            mean /= sum;
            to.add(from + 2 * i, mean - (z[d.label()] - most));
            // It only says how far to step.
            to.add(from + 2 * i + 1, Math.min(squares / sum - mean * mean, ExactSums.MOST / 2));
        }
    }

    /**
     * The best scales and shifts of each set, by L-BFGS from the set's best temperature, in at most 101 passes for all
     * sets together. NLL is convex in them; 1e-8 of each parameter's square is added, so that no direction is flat.
     *
     * @param temperatures one for each set
     */
    static List<Calibrator.Vector> vectors(Predictions data, Folds folds, List<Calibrator.Temperature> temperatures) {
        VectorSums sums = new VectorSums(data, folds);
        List<double[]> starts = new ArrayList<>();
        for (Calibrator.Temperature t : temperatures) {
            double[] x = new double[2 * data.classes()];
            Arrays.fill(x, 0, data.classes(), 1 / t.temperature());
            starts.add(x);
        }
        List<Lbfgs> searches = sums.start(starts);
        while (searches.stream().anyMatch(s -> !s.done())) {
            sums.step(searches);
        }
        return searches.stream().map(s -> VectorSums.vector(s.best())).toList();
    }
}
