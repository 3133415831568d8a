package ai.softlabel.train;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Medians over an epoch's steps, in seconds, as one task saw them.
 *
 * @param total a whole step
 * @param data cropping and normalising
 * @param compute forward and backward
 * @param exchange summing, sending, optimising
 * @param waiting for the other replicas of the executor
 * @param jitter standard deviation of compute, estimated from the median absolute deviation
 * @param all from the first step's start to the last one's end, not a median
 */
public record StepTimes(
        double total, double data, double compute, double exchange, double waiting, double jitter, double all)
        implements Serializable {
    /** No step. */
    public static final StepTimes NONE = new StepTimes(0, 0, 0, 0, 0, 0, 0);

    /** Collects the laps of an epoch's steps. */
    static final class Clock {
        private static final int KINDS = 4;
        /** The standard deviation over the median absolute deviation of a normal distribution. */
        private static final double NORMAL = 1.4826;

        static final int DATA = 0;
        static final int COMPUTE = 1;
        static final int EXCHANGE = 2;
        static final int WAIT = 3;

        private final int first;
        private final double[][] laps;
        private long begun;
        private long last;

        /** For the steps from {@code first} to before {@code end}. */
        Clock(int first, int end) {
            this.first = first;
            laps = new double[KINDS][end - first];
            begin();
        }

        /** The steps begin now, whatever has been waited for. */
        long begin() {
            begun = System.nanoTime();
            last = begun;
            return begun;
        }

        /** Records the time since the last lap. */
        void lap(int step, int kind) {
            long now = System.nanoTime();
            laps[kind][step - first] += (now - last) / 1e9;
            last = now;
        }

        /** Seconds of a step's lap. */
        double seconds(int step, int kind) {
            return laps[kind][step - first];
        }

        StepTimes medians(int steps) {
            double[] total = new double[steps];
            for (int s = 0; s < steps; s++) {
                for (double[] kind : laps) {
                    total[s] += kind[s];
                }
            }
            double compute = median(Arrays.copyOf(laps[COMPUTE], steps));
            double[] off = new double[steps];
            for (int s = 0; s < steps; s++) {
                off[s] = Math.abs(laps[COMPUTE][s] - compute);
            }
            return new StepTimes(
                    median(total),
                    median(Arrays.copyOf(laps[DATA], steps)),
                    compute,
                    median(Arrays.copyOf(laps[EXCHANGE], steps)),
                    median(Arrays.copyOf(laps[WAIT], steps)),
                    NORMAL * median(off),
                    (last - begun) / 1e9);
        }

        private static double median(double[] values) {
            Arrays.sort(values);
            return values.length == 0 ? 0 : (values[(values.length - 1) / 2] + values[values.length / 2]) / 2;
        }
    }
}
