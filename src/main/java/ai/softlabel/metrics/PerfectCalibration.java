package ai.softlabel.metrics;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * What ECE a perfectly calibrated model would show: with so many pictures and these confidences, each right with its
 * confidence as chance, ECE is above 0 by luck alone. An ECE below the 95th percentile is no sign of miscalibration.
 */
public final class PerfectCalibration {
    private static final int REPLICATES = 1000;
    private static final double PERCENTILE = 0.95;

    private PerfectCalibration() {}

    /**
     * The 95th percentile of ECE over 1,000 redrawn sets of labels, the same for the same pictures; NaN for no
     * pictures.
     */
    public static double ece95(Summary s) {
        double[] confidences = s.confidences().falling();
        int n = confidences.length;
        if (n == 0) {
            return Double.NaN;
        }
        int[] bin = new int[n];
        for (int i = 0; i < n; i++) {
            confidences[i] = Math.abs(confidences[i]);
            bin[i] = Summary.bin(confidences[i]);
        }
        double[] found = new double[REPLICATES];
        for (int r = 0; r < REPLICATES; r++) {
            SplittableRandom random = new SplittableRandom(r);
            double[] gap = new double[Summary.BINS];
            for (int i = 0; i < n; i++) {
                gap[bin[i]] += confidences[i] - (random.nextDouble() < confidences[i] ? 1 : 0);
            }
            found[r] = Arrays.stream(gap).map(Math::abs).sum() / n;
        }
        Arrays.sort(found);
        return found[(int) Math.ceil(PERCENTILE * REPLICATES) - 1];
    }
}
