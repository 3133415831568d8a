package ai.softlabel.calibrate;

import ai.softlabel.metrics.BinaryCounts;
import java.io.Serializable;
import java.util.List;

/**
 * Fits one label's curve σ(scale · z + shift) and its threshold on pictures that the model was not trained on.
 * Temperature scaling has no shift; where the logits part the label at 0 without error, the colder the better, and the
 * temperature stays 1. Platt scaling has both, with Platt's targets (n₊+1)/(n₊+2) and 1/(n₋+2), which keep curves
 * finite there (Platt, 1999). A label that all or none of the pictures have keeps the sigmoid and a threshold of 1/2:
 * nothing can be learnt of it.
 */
public final class LabelCalibration {
    /** What can be fitted, in the report's order. */
    public static final List<String> METHODS = List.of("none", "temperature", "platt");

    private static final double COLDEST = 1e-3;
    private static final double HOTTEST = 1e3;
    private static final int MOST_STEPS = 200;
    private static final double SMALL = 1e-12;

    private LabelCalibration() {}

    /**
     * A label's curve and threshold by one method.
     *
     * @param heldOutNll the sum over the pictures of the NLL of each under the curve fitted without its fold
     */
    public record Fit(double scale, double shift, double threshold, double heldOutNll) implements Serializable {}

    /**
     * Fits each method.
     *
     * @return a fit for each of {@link #METHODS}
     */
    static Fit[] fit(LabelLogits column) {
        Fit[] out = new Fit[METHODS.size()];
        for (int m = 0; m < out.length; m++) {
            double[] curve = curve(METHODS.get(m), column);
            double threshold = known(column)
                    ? BinaryCounts.sigmoid(column.ranking(curve[0], curve[1]).bestThreshold())
                    : 0.5;
            out[m] = new Fit(curve[0], curve[1], threshold, heldOut(METHODS.get(m), column));
        }
        return out;
    }

    private static boolean known(LabelLogits column) {
        int positives = column.positives();
        return positives > 0 && positives < column.count();
    }

    private static double heldOut(String method, LabelLogits column) {
        double sum = 0;
        for (int f = 0; f < Folds.FOLDS; f++) {
            int fold = f;
            LabelLogits held = column.where(g -> g == fold);
            double[] curve = curve(method, column.where(g -> g != fold));
            sum += held.count() == 0
                    ? 0
                    : held.count() * held.counts(curve[0], curve[1], 0.5).nll();
        }
        return sum;
    }

    /** Scale and shift. */
    static double[] curve(String method, LabelLogits column) {
        if (method.equals("none") || !known(column)) {
            return new double[] {1, 0};
        }
        return method.equals("temperature") ? new double[] {1 / temperature(column), 0} : platt(column);
    }

    /** The temperature of the least NLL, by halving: the slope of the NLL over 1/T rises. */
    private static double temperature(LabelLogits column) {
        if (slope(column, 1 / COLDEST) <= 0) {
            return 1;
        }
        double low = Math.log(1 / HOTTEST);
        double high = Math.log(1 / COLDEST);
        for (int i = 0; i < MOST_STEPS && high - low > SMALL; i++) {
            double middle = (low + high) / 2;
            if (slope(column, Math.exp(middle)) > 0) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return Math.exp(-(low + high) / 2);
    }

    /** Of the NLL over the scale. Where all logits are on their sides, no picture's part of it is above 0. */
    private static double slope(LabelLogits column, double scale) {
        double slope = 0;
        for (int k = 0; k < column.count(); k++) {
            double z = column.logit(k);
            slope += z * (BinaryCounts.sigmoid(scale * z) - (column.positive(k) ? 1 : 0));
        }
        return slope;
    }

    /** Newton's method with halved steps where the NLL would rise; the problem is convex. */
    private static double[] platt(LabelLogits column) {
        int positives = column.positives();
        double up = (positives + 1.0) / (positives + 2);
        double down = 1.0 / (column.count() - positives + 2);
        double a = 1;
        double b = 0;
        double nll = nll(column, up, down, a, b);
        for (int i = 0; i < MOST_STEPS; i++) {
            double ga = 0;
            double gb = 0;
            double haa = SMALL;
            double hab = 0;
            double hbb = SMALL;
            for (int k = 0; k < column.count(); k++) {
                double z = column.logit(k);
                double p = BinaryCounts.sigmoid(a * z + b);
                double miss = p - (column.positive(k) ? up : down);
                double w = p * (1 - p);
                ga += miss * z;
                gb += miss;
                haa += w * z * z;
                hab += w * z;
                hbb += w;
            }
            double determinant = haa * hbb - hab * hab;
            double da = (hbb * ga - hab * gb) / determinant;
            double db = (haa * gb - hab * ga) / determinant;
            double step = 1;
            double next = nll(column, up, down, a - da, b - db);
            while (!(next <= nll) && step > SMALL) {
                step /= 2;
                next = nll(column, up, down, a - step * da, b - step * db);
            }
            if (!(next <= nll)) {
                break;
            }
            a -= step * da;
            b -= step * db;
            boolean done = Math.abs(step * da) + Math.abs(step * db) < SMALL * (1 + Math.abs(a) + Math.abs(b));
            nll = next;
            if (done) {
                break;
            }
        }
        return new double[] {a, b};
    }

    private static double nll(LabelLogits column, double up, double down, double a, double b) {
        double sum = 0;
        for (int k = 0; k < column.count(); k++) {
            sum += BinaryCounts.nll(a * column.logit(k) + b, column.positive(k) ? up : down);
        }
        return sum;
    }
}
