package ai.softlabel.metrics;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The ECE that a perfectly calibrated model would have with the same number of pictures and the same confidences, each
 * picture being correct with its confidence as probability. Such an ECE is above 0 by chance alone. An ECE below the
 * 95th percentile is no sign of miscalibration.
 */
public final class PerfectCalibration {
    private static final int REPLICATES = 1000;
    private static final double PERCENTILE = 0.95;

    private PerfectCalibration() {}

    /**
     * The 95th percentile of ECE over 1,000 redrawn sets of labels, the same for the same pictures; NaN for no
     * pictures. Of more than {@link Summary#EXACT} pictures a bin's correct answers are drawn at once: their number
     * less the sum of the confidences is taken as normal with the variance Σ c (1 - c), which its distribution function
     * matches to 0.56 over the root of that variance (Berry and Esseen; Shevtsova, 2010).
     */
    public static double ece95(Summary s) {
        if (s.count() == 0) {
            return Double.NaN;
        }
        return s.exact()
                ? byPicture(s.confidences().falling())
                : byBin(s.confidences().histogram(), s.count());
    }

    private static double percentile(double[] found) {
        Arrays.sort(found);
        return found[(int) Math.ceil(PERCENTILE * REPLICATES) - 1];
    }

    static double byPicture(double[] confidences) {
        int n = confidences.length;
        int[] bin = new int[n];
        for (int i = 0; i < n; i++) {
            confidences[i] = Math.abs(confidences[i]);
            bin[i] = Reliability.bin(confidences[i]);
        }
        double[] found = new double[REPLICATES];
        for (int r = 0; r < REPLICATES; r++) {
            SplittableRandom random = new SplittableRandom(r);
            double[] gap = new double[Reliability.BINS];
            for (int i = 0; i < n; i++) {
                gap[bin[i]] += confidences[i] - (random.nextDouble() < confidences[i] ? 1 : 0);
            }
            found[r] = Arrays.stream(gap).map(Math::abs).sum() / n;
        }
        return percentile(found);
    }

    static double byBin(ConfidenceHistogram h, long n) {
        double[] variance = new double[Reliability.BINS];
        for (int i = 0; i < ConfidenceHistogram.CELLS; i++) {
            if (h.count(i) > 0) {
                double c = h.confidence(i);
                variance[ConfidenceHistogram.bin(i)] += h.count(i) * c * (1 - c);
            }
        }
        double[] found = new double[REPLICATES];
        for (int r = 0; r < REPLICATES; r++) {
            Draws draws = new Draws(r);
            for (double v : variance) {
                found[r] += Math.abs(Math.sqrt(v) * draws.normal()) / n;
            }
        }
        return percentile(found);
    }
}
