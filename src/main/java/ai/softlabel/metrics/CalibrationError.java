package ai.softlabel.metrics;

import java.util.ArrayList;
import java.util.List;

/** Figures that compare confidence with accuracy, bin by bin. */
public final class CalibrationError {
    private CalibrationError() {}

    /**
     * One bin of the reliability diagram.
     *
     * @param low lower edge, open but for the first bin
     * @param high upper edge, closed
     * @param count pictures in it
     * @param confidence mean confidence, 0 where it is empty
     * @param accuracy share of correct predictions, 0 if the bin is empty
     */
    public record Bin(double low, double high, long count, double confidence, double accuracy) {}

    /** The reliability diagram. */
    public static List<Bin> bins(Summary s) {
        return bins(s.reliability());
    }

    /** The reliability diagram. */
    public static List<Bin> bins(Reliability s) {
        List<Bin> bins = new ArrayList<>();
        for (int b = 0; b < Reliability.BINS; b++) {
            bins.add(new Bin(
                    (double) b / Reliability.BINS,
                    (b + 1.0) / Reliability.BINS,
                    s.binCount(b),
                    s.binConfidence(b),
                    s.binAccuracy(b)));
        }
        return bins;
    }

    /**
     * Expected calibration error: Σ count/n · |accuracy - confidence| (Guo et al., 2017, equation 3); NaN for no
     * pictures.
     */
    public static double ece(Summary s) {
        return ece(s.reliability());
    }

    /** Expected calibration error, as {@link #ece(Summary)}. */
    public static double ece(Reliability s) {
        double sum = 0;
        for (Bin b : bins(s)) {
            sum += b.count() * gap(b);
        }
        return sum / s.count();
    }

    /**
     * Maximum calibration error: the largest |accuracy - confidence| of a bin that is not empty (equation 5); NaN for
     * no pictures.
     */
    public static double mce(Summary s) {
        return bins(s).stream()
                .filter(b -> b.count() > 0)
                .mapToDouble(CalibrationError::gap)
                .max()
                .orElse(Double.NaN);
    }

    /**
     * Root mean square calibration error: sqrt(Σ count/n · (accuracy - confidence)²) (Hendrycks et al., 2019); NaN for
     * no pictures.
     */
    public static double rmsce(Summary s) {
        double sum = 0;
        for (Bin b : bins(s)) {
            sum += b.count() * gap(b) * gap(b);
        }
        return Math.sqrt(sum / s.count());
    }

    /**
     * Class-wise ECE: the mean over the classes of each one's ECE, over 15 bins of its own probability in all pictures
     * (Nixon et al., "Measuring Calibration in Deep Learning", 2019, static calibration error); NaN for no pictures.
     */
    public static double classwiseEce(Summary s) {
        if (s.classes() == null) {
            return Double.NaN;
        }
        double sum = 0;
        for (double[] bins : s.classes().gaps()) {
            double all = 0;
            for (double gap : bins) {
                all += Math.abs(gap);
            }
            sum += all;
        }
        return sum / s.classCount() / s.count();
    }

    private static double gap(Bin b) {
        return Math.abs(b.accuracy() - b.confidence());
    }
}
