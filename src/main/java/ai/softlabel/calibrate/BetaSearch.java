package ai.softlabel.calibrate;

/**
 * The search for the a, b and c of one curve σ(a·ln p - b·ln(1-p) + c): NLL is convex in them, and Newton's method
 * leads to its least. Where a or b is below 0 there, the curve falls somewhere; as Kull, Silva Filho and Flach (2017)
 * do, that one becomes 0, a before b, and the others are fitted again. Where the other one is below 0 then, it becomes
 * 0, too.
 */
final class BetaSearch {
    /** Steps of one fit at most; there are up to three fits. */
    static final int MOST_STEPS = 50;

    /** Where a step would lower the mean NLL by less, the fit ends. */
    private static final double LEAST_GAIN = 1e-15;
    /** How far rounding may raise the mean NLL of a step that lowers it. */
    private static final double ROUNDING = 1e-12;
    /** Added to each own second derivative, which may be rounded to 0. */
    private static final double LEAST_CURVATURE = 1e-12;
    /** Added to them in their own units, where two directions may be all but one. */
    private static final double ALIKE = 1e-10;

    private final boolean[] held = new boolean[3];
    /** Not the identity: there, curvature is rounded to 0 where every p is close to 0 or 1. */
    private double[] at = {0, 0, 0};

    private double[] trial = at;
    private double value = Double.POSITIVE_INFINITY;
    private int steps;
    private boolean done;

    boolean done() {
        return done;
    }

    /** The a, b and c to look at next. */
    double[] next() {
        return trial;
    }

    /** The best a, b and c, of which a and b are at least 0 when it is done. */
    double[] best() {
        return at;
    }

    /**
     * Takes what a pass found at {@link #next}.
     *
     * @param found the mean NLL
     * @param slope by a, b and c
     * @param curvature second derivatives by each pair
     */
    void take(double found, double[] slope, double[][] curvature) {
        steps++;
        if (!(found <= value + ROUNDING) && steps < MOST_STEPS) {
            double[] half = new double[3];
            for (int i = 0; i < 3; i++) {
                half[i] = (at[i] + trial[i]) / 2;
            }
            trial = half;
            return;
        }
        if (found <= value + ROUNDING) {
            at = trial;
            value = found;
        }
        double[] step = newton(slope, curvature);
        double gain = 0;
        for (int i = 0; i < 3; i++) {
            gain += slope[i] * step[i] / 2;
        }
        if (gain < LEAST_GAIN || steps >= MOST_STEPS) {
            settle();
            return;
        }
        double[] next = new double[3];
        for (int i = 0; i < 3; i++) {
            next[i] = at[i] - step[i];
        }
        trial = next;
    }

    /** Ends, or holds what is below 0 at 0 and begins again. */
    private void settle() {
        int falls = at[0] < 0 ? 0 : 1;
        done = at[falls] >= 0;
        if (!done) {
            held[falls] = true;
            // Not from where it is: the others may be so large there that curvature is rounded to 0.
            trial = new double[3];
            value = Double.POSITIVE_INFINITY;
            steps = 0;
        }
    }

    /** Solves curvature · step = slope by Cholesky's factors, in units in which each own curvature is 1. */
    private double[] newton(double[] slope, double[][] curvature) {
        double[] unit = new double[3];
        double[][] factor = new double[3][3];
        double[] x = new double[3];
        for (int i = 0; i < 3; i++) {
            unit[i] = Math.sqrt(curvature[i][i] + LEAST_CURVATURE);
            for (int j = 0; j <= i; j++) {
                double sum = i == j ? 1 + ALIKE : held[i] || held[j] ? 0 : curvature[i][j] / (unit[i] * unit[j]);
                for (int k = 0; k < j; k++) {
                    sum -= factor[i][k] * factor[j][k];
                }
                factor[i][j] = i == j ? Math.sqrt(Math.max(sum, ALIKE)) : sum / factor[j][j];
            }
            x[i] = held[i] ? 0 : slope[i] / unit[i];
            for (int k = 0; k < i; k++) {
                x[i] -= factor[i][k] * x[k];
            }
            x[i] /= factor[i][i];
        }
        for (int i = 2; i >= 0; i--) {
            for (int k = i + 1; k < 3; k++) {
                x[i] -= factor[k][i] * x[k];
            }
            x[i] /= factor[i][i];
        }
        for (int i = 0; i < 3; i++) {
            x[i] /= unit[i];
        }
        return x;
    }
}
