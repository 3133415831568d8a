package ai.softlabel.train;

import java.util.ArrayList;
import java.util.List;

/**
 * The result of a learning rate sweep (Smith, "Cyclical Learning Rates", 2017; the two suggestions are fastai's): the
 * loss as a function of rates that grow by equal factors.
 *
 * @param rates the rate of each step
 * @param losses the loss of each step
 * @param smoothed the moving average of the loss
 * @param steepest the rate at which the smoothed loss falls fastest
 * @param valley the rate two thirds down the longest descent
 */
public record RateSearch(
        List<Double> rates, List<Double> losses, List<Double> smoothed, double steepest, double valley) {
    private static final double BETA = 0.9;

    /** @param rates as many as there are losses, at least 2 */
    public static RateSearch of(List<Double> rates, List<Double> losses) {
        List<Double> smoothed = smooth(losses);
        return new RateSearch(rates, losses, smoothed, rates.get(steepest(smoothed)), rates.get(valley(smoothed)));
    }

    /** Whether the smoothed loss has risen to {@code factor} times its minimum. */
    static boolean exploded(List<Double> losses, double factor) {
        List<Double> smoothed = smooth(losses);
        double best = smoothed.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        return smoothed.get(smoothed.size() - 1) > factor * best;
    }

    /** An exponential moving average, bias-corrected at the start. */
    private static List<Double> smooth(List<Double> losses) {
        List<Double> out = new ArrayList<>();
        double average = 0;
        for (int i = 0; i < losses.size(); i++) {
            average = BETA * average + (1 - BETA) * losses.get(i);
            out.add(average / (1 - Math.pow(BETA, i + 1)));
        }
        return out;
    }

    /** The steps of a sweep are even in the rate's logarithm, so the steepest slope is the largest drop. */
    private static int steepest(List<Double> smoothed) {
        int best = 0;
        double drop = Double.POSITIVE_INFINITY;
        for (int i = 1; i + 1 < smoothed.size(); i++) {
            double slope = smoothed.get(i + 1) - smoothed.get(i - 1);
            if (slope < drop) {
                drop = slope;
                best = i;
            }
        }
        return best;
    }

    /** The longest decreasing subsequence, and two thirds along it. */
    private static int valley(List<Double> smoothed) {
        int n = smoothed.size();
        int[] length = new int[n];
        int[] start = new int[n];
        int end = 0;
        for (int i = 0; i < n; i++) {
            length[i] = 1;
            start[i] = i;
            for (int j = 0; j < i; j++) {
                if (smoothed.get(j) > smoothed.get(i) && length[j] + 1 > length[i]) {
                    length[i] = length[j] + 1;
                    start[i] = start[j];
                }
            }
            end = length[i] > length[end] ? i : end;
        }
        return start[end] + (end - start[end]) * 2 / 3;
    }
}
