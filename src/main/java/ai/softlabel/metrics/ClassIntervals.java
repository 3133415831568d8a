package ai.softlabel.metrics;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * 95 % intervals of figures over classes by the infinitesimal jackknife (Efron, "The Jackknife, the Bootstrap and Other
 * Resampling Plans", 1982, chapter 6): what a picture more of a kind changes the figure by, squared and summed over the
 * pictures, is the figure's variance. One pass over the pictures whose summary is known, constant memory, and normal
 * limits, which stay in [0, 1].
 */
public final class ClassIntervals implements Serializable {
    private static final long serialVersionUID = 1;

    private static final List<String> NAMES = List.of("ece_classwise");
    private static final double NORMAL_97_5 = 1.959963984540054;

    private final long count;
    private final byte[][] sign;
    private final double classwise;
    private final double unit;

    /** Prepares the pass over the pictures of a summary, at least one. */
    public ClassIntervals(Summary s) {
        count = s.count();
        double[][] gaps = s.classes().gaps();
        sign = new byte[gaps.length][Reliability.BINS];
        for (int c = 0; c < gaps.length; c++) {
            for (int b = 0; b < Reliability.BINS; b++) {
                sign[c][b] = (byte) Math.signum(gaps[c][b]);
            }
        }
        classwise = Calibration.classwiseEce(s);
        // Squares are at most 1, so that the sum of all of them fits.
        unit = Math.min(0x1p52, 0x1p61 / count);
    }

    /** For each figure, the square of a picture's influence in fixed point; sums of these are for {@link #limits}. */
    public long[] squares(PictureMetrics p) {
        double change = 0;
        for (int c = 0; c < sign.length; c++) {
            double probability = p.probabilities()[c];
            change += sign[c][Reliability.bin(probability)] * ((c == p.label() ? 1 : 0) - probability);
        }
        return new long[] {fixed((change / sign.length - classwise) / largest(0))};
    }

    /** What an influence, times the number of pictures, is at most. */
    private double largest(int figure) {
        // A picture's probabilities and its label differ by 2 in all.
        return 2.0 / sign.length + classwise;
    }

    private long fixed(double influence) {
        return Math.round(influence * influence * unit);
    }

    /** Lower and upper limit by figure, of the sums of {@link #squares} over all pictures. */
    public Map<String, double[]> limits(long[] sums) {
        Map<String, double[]> out = new LinkedHashMap<>();
        double[] values = {classwise};
        for (int i = 0; i < values.length; i++) {
            double error = Math.sqrt(sums[i] / unit) * largest(i) / count;
            out.put(NAMES.get(i), new double[] {
                Math.max(0, values[i] - NORMAL_97_5 * error), Math.min(1, values[i] + NORMAL_97_5 * error)
            });
        }
        return out;
    }
}
