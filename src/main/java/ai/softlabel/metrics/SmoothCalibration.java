package ai.softlabel.metrics;

import java.util.Arrays;

/**
 * Smooth calibration error, without bins (Błasiok and Nakkiran, "Smooth ECE: Principled Reliability Diagrams via Kernel
 * Smoothing", 2023): confidence less correct, smoothed over confidence by a Gaussian kernel of width σ that is
 * reflected at 0 and 1, and its absolute value summed; of all widths the one that equals its own error.
 *
 * <p>The reflected kernel is that of heat in [0, 1], so cosines cos(πkt) are its eigenfunctions, with eigenvalues
 * exp(-π²k²σ²/2): what is smoothed are the answers' cosine sums, exactly, up to where an eigenvalue is below 1e-16.
 */
public final class SmoothCalibration {
    private static final double NARROWEST = 1e-3;
    private static final double PRECISION = 1e-10;
    private static final double SMALLEST = 37;
    private static final int LEAST_POINTS = 2000;

    private final Ranked answers;
    private final long count;
    /** By k, the mean of (confidence - correct) · cos(πk · confidence), and that of the cosine alone. */
    private double[] residual = {};

    private double[] density = {};
    private final double width;

    /**
     * A point of the smoothed reliability diagram.
     *
     * @param confidence from 0 to 1
     * @param accuracy smoothed share of correct answers by there
     * @param density of the confidences, smoothed
     */
    public record Point(double confidence, double accuracy, double density) {}

    private SmoothCalibration(Ranked answers) {
        this.answers = answers;
        this.count = answers.size();
        double low = NARROWEST;
        double high = 1;
        // The error falls as the width grows.
        while (count > 0 && high - low > PRECISION) {
            double middle = (low + high) / 2;
            if (error(middle) > middle) {
                low = middle;
            } else {
                high = middle;
            }
        }
        width = (low + high) / 2;
    }

    /** That of a summary's pictures; from a histogram, of its cells' means. */
    public static SmoothCalibration of(Summary s) {
        return new SmoothCalibration(Ranked.of(s.confidences()));
    }

    /** The smooth calibration error, the one at {@link #width}; NaN for no pictures. */
    public double error() {
        return error(width);
    }

    /** The width that equals its own error, to 1e-10; at least 0.001. */
    public double width() {
        return width;
    }

    /** The error at a kernel's width of 0.001 or more; NaN for no pictures. */
    public double error(double sigma) {
        if (count == 0) {
            return Double.NaN;
        }
        double[] smoothed = smoothed(residual(sigma), sigma, points(sigma));
        double sum = 0;
        for (int i = 1; i < smoothed.length; i++) {
            double a = smoothed[i - 1];
            double b = smoothed[i];
            // The absolute value of a straight line, which may cross 0.
            sum += a * b >= 0 ? Math.abs(a + b) / 2 : (a * a + b * b) / (2 * (Math.abs(a) + Math.abs(b)));
        }
        return sum / (smoothed.length - 1);
    }

    /**
     * The reliability diagram at {@link #width}, at so many confidences from 0 to 1, at least 2; empty for no pictures.
     */
    public Point[] diagram(int points) {
        if (count == 0) {
            return new Point[0];
        }
        double[] gap = smoothed(residual(width), width, points);
        double[] mass = smoothed(density, width, points);
        Point[] out = new Point[points];
        for (int i = 0; i < points; i++) {
            double at = (double) i / (points - 1);
            // Far from every answer there is no density to divide by.
            double accuracy = mass[i] > 1e-9 ? at - gap[i] / mass[i] : Double.NaN;
            out[i] = new Point(at, accuracy, Math.max(0, mass[i]));
        }
        return out;
    }

    private static int points(double sigma) {
        return Math.max(LEAST_POINTS, (int) Math.ceil(40 / sigma)) + 1;
    }

    /** So many cosines that the next one's eigenvalue is below 1e-16. */
    private static int terms(double sigma) {
        return (int) Math.ceil(Math.sqrt(2 * SMALLEST) / (Math.PI * sigma)) + 1;
    }

    private double[] residual(double sigma) {
        int terms = terms(sigma);
        int from = residual.length;
        if (from < terms) {
            residual = Arrays.copyOf(residual, terms);
            density = Arrays.copyOf(density, terms);
            for (int k = from; k < terms; k++) {
                double gap = 0;
                double all = 0;
                for (int i = 0; i < answers.groups(); i++) {
                    double c = answers.confidence()[i];
                    double cosine = Math.cos(Math.PI * k * c);
                    gap += cosine * (c * answers.count(i) - answers.correct()[i]);
                    all += cosine * answers.count(i);
                }
                residual[k] = gap / count;
                density[k] = all / count;
            }
        }
        return residual;
    }

    /** The smoothed function at so many points from 0 to 1. */
    private static double[] smoothed(double[] cosines, double sigma, int points) {
        int terms = Math.min(cosines.length, terms(sigma));
        double[] weight = new double[terms];
        for (int k = 0; k < terms; k++) {
            weight[k] = (k == 0 ? 1 : 2) * cosines[k] * Math.exp(-Math.PI * Math.PI * k * k * sigma * sigma / 2);
        }
        double[] out = new double[points];
        for (int i = 0; i < points; i++) {
            // Clenshaw's recurrence for a sum of cosines.
            double turn = 2 * Math.cos(Math.PI * i / (points - 1));
            double one = 0;
            double two = 0;
            for (int k = terms - 1; k >= 1; k--) {
                double next = weight[k] + turn * one - two;
                two = one;
                one = next;
            }
            out[i] = weight[0] + turn / 2 * one - two;
        }
        return out;
    }
}
