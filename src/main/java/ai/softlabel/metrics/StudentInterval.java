package ai.softlabel.metrics;

import java.util.Arrays;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * The mean of a few independent measurements, such as one for each seed or one for each picture of a small slice
 * (Student, "The Probable Error of a Mean", 1908).
 */
public final class StudentInterval {
    private static final double HIGH = 0.975;

    private StudentInterval() {}

    /** The sample standard deviation (divisor n - 1); NaN for fewer than two values. */
    public static double deviation(double[] values) {
        double mean = Arrays.stream(values).average().orElse(Double.NaN);
        double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        return values.length < 2 ? Double.NaN : Math.sqrt(squares / (values.length - 1));
    }

    /**
     * Lower and upper limit of the 95 % interval of the mean, as if the values were drawn from a normal distribution;
     * NaN for fewer than two values.
     */
    public static double[] of(double[] values) {
        return of(Arrays.stream(values).average().orElse(Double.NaN), deviation(values), values.length);
    }

    /**
     * The same from the values' mean and sample standard deviation.
     *
     * @param count how many values; NaN comes of fewer than two
     */
    public static double[] of(double mean, double deviation, long count) {
        if (count < 2) {
            return new double[] {Double.NaN, Double.NaN};
        }
        double half = new TDistribution(count - 1.0).inverseCumulativeProbability(HIGH) * deviation / Math.sqrt(count);
        return new double[] {mean - half, mean + half};
    }
}
