package ai.softlabel.calibrate;

import ai.softlabel.metrics.BinaryCounts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Beta calibration of each class against the rest (Kull, Silva Filho and Flach, "Beta calibration: a well-founded and
 * easily implemented improvement on logistic calibration for binary classifiers", AISTATS 2017), for all classes and
 * sets of a cross-validation in the same passes. Predictions stay where they lie: a pass sums the mean NLL and its
 * derivatives of each class and set. Targets are Platt's, (n₊+1)/(n₊+2) and 1/(n₋+2), which keep curves finite where p
 * parts the class from the others without error.
 */
final class BetaSums {
    /**
     * Pictures of a class, and of others, that its curve needs: ten for each of the two slopes (Peduzzi et al., 1996).
     */
    static final int ENOUGH = 20;

    /** NLL, three slopes and six second derivatives. */
    private static final int SUMS = 10;

    private final Predictions data;
    private final Folds folds;
    private final int classes;
    /** By set and class, the pictures of the class. */
    private final long[][] positives;
    /** By set, all pictures. */
    private final long[] counts;

    BetaSums(Predictions data, Folds folds) {
        this.data = data;
        this.folds = folds;
        this.classes = data.classes();
        this.positives = new long[folds.sets()][classes];
        this.counts = new long[folds.sets()];
        int width = classes;
        ExactSums sums = data.sum(Folds.FOLDS * width, (d, to) -> to.add(Folds.fold(d) * width + d.label(), 1));
        for (int set = 0; set < folds.sets(); set++) {
            for (int i = 0; i < sums.size(); i++) {
                if (folds.fits(set, i / width)) {
                    long found = Math.round(sums.get(i));
                    positives[set][i % width] += found;
                    counts[set] += found;
                }
            }
        }
    }

    /** Why there is no curve to fit, and what to do. */
    Optional<String> leftOut() {
        long most = 0;
        for (int c = 0; c < classes; c++) {
            most = Math.max(most, least(c));
        }
        return most >= ENOUGH
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "recalibration by beta is left out: expected a class with %d pictures and %d of others, found at most %d; hold out more pictures, or take --recalibrate temperature",
                        ENOUGH,
                        ENOUGH,
                        most));
    }

    /** The pictures of a class or those of others, whichever are fewer. */
    private long least(int c) {
        return Math.min(positives[0][c], counts[0] - positives[0][c]);
    }

    /**
     * The best curves of each set. A class of fewer pictures than {@link #ENOUGH} keeps its p in every set, so that
     * what is cross-validated is what is used.
     */
    List<Calibrator> fit() {
        BetaSearch[][] searches = new BetaSearch[folds.sets()][classes];
        for (int set = 0; set < searches.length; set++) {
            for (int c = 0; c < classes; c++) {
                searches[set][c] = least(c) >= ENOUGH ? new BetaSearch() : null;
            }
        }
        boolean open = true;
        while (open) {
            open = pass(searches);
        }
        List<Calibrator> out = new ArrayList<>();
        for (BetaSearch[] of : searches) {
            double[][] x = new double[3][classes];
            for (int c = 0; c < classes; c++) {
                double[] best = of[c] == null ? new double[] {1, 1, 0} : of[c].best();
                for (int i = 0; i < 3; i++) {
                    x[i][c] = best[i];
                }
            }
            out.add(new Calibrator.Beta(x[0], x[1], x[2]));
        }
        return out;
    }

    /** A pass for the searches that are not done; false if all are. */
    private boolean pass(BetaSearch[][] searches) {
        double[][][] points = new double[searches.length][classes][];
        int[][] from = new int[searches.length][classes];
        int size = 0;
        for (int set = 0; set < searches.length; set++) {
            for (int c = 0; c < classes; c++) {
                BetaSearch search = searches[set][c];
                if (search != null && !search.done()) {
                    points[set][c] = search.next();
                    from[set][c] = size;
                    size += SUMS;
                }
            }
        }
        if (size == 0) {
            return false;
        }
        ExactSums sums = sums(points, from, size);
        for (int set = 0; set < searches.length; set++) {
            for (int c = 0; c < classes; c++) {
                if (points[set][c] != null) {
                    take(searches[set][c], sums, from[set][c], counts[set]);
                }
            }
        }
        return true;
    }

    private ExactSums sums(double[][][] points, int[][] from, int size) {
        Folds of = folds;
        double[][][] targets = new double[points.length][classes][];
        for (int set = 0; set < points.length; set++) {
            for (int c = 0; c < classes; c++) {
                long own = positives[set][c];
                targets[set][c] = new double[] {1.0 / (counts[set] - own + 2), (own + 1.0) / (own + 2)};
            }
        }
        return data.sum(size, (d, to) -> {
            int fold = Folds.fold(d);
            double[] odds = Probabilities.logOdds(d.logits());
            for (int c = 0; c < odds.length; c++) {
                double[] x = {-BinaryCounts.nll(odds[c], 1), BinaryCounts.nll(odds[c], 0), 1};
                for (int set = 0; set < points.length; set++) {
                    if (points[set][c] != null && of.fits(set, fold)) {
                        add(x, points[set][c], targets[set][c][c == d.label() ? 1 : 0], from[set][c], to);
                    }
                }
            }
        });
    }

    private static void add(double[] x, double[] point, double target, int from, ExactSums to) {
        double score = point[0] * x[0] + point[1] * x[1] + point[2];
        double p = BinaryCounts.sigmoid(score);
        to.add(from, BinaryCounts.nll(score, target));
        int second = from + 4;
        for (int i = 0; i < 3; i++) {
            to.add(from + 1 + i, (p - target) * x[i]);
            for (int j = 0; j <= i; j++) {
                to.add(second++, p * (1 - p) * x[i] * x[j]);
            }
        }
    }

    private static void take(BetaSearch search, ExactSums sums, int from, long count) {
        double[] slope = new double[3];
        double[][] curvature = new double[3][3];
        int second = from + 4;
        for (int i = 0; i < 3; i++) {
            slope[i] = sums.get(from + 1 + i) / count;
            for (int j = 0; j <= i; j++) {
                curvature[i][j] = sums.get(second++) / count;
            }
        }
        search.take(sums.get(from) / count, slope, curvature);
    }
}
