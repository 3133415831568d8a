package ai.softlabel.score;

import org.apache.spark.api.java.JavaRDD;

/**
 * The margin: the logit of the correct class minus the mean of the other logits. Label smoothing bounds it (Müller,
 * Kornblith and Hinton, "When Does Label Smoothing Help?", 2019).
 */
public final class Margin {
    private Margin() {}

    private static final double ONE = 0x1p24;

    /**
     * The mean over the predictions; NaN for none. The sum is in fixed point and does not depend on the partitions:
     * exact to 2^-25 per picture; throws if it exceeds 2^39.
     */
    public static double mean(JavaRDD<Prediction> predictions) {
        long[] sums = predictions.aggregate(new long[2], Margin::add, (a, b) -> {
            a[0] = Math.addExact(a[0], b[0]);
            a[1] += b[1];
            return a;
        });
        return sums[1] == 0 ? Double.NaN : sums[0] / ONE / sums[1];
    }

    private static long[] add(long[] sums, Prediction p) {
        sums[0] = Math.addExact(sums[0], Math.round(of(p.logits(), p.label()) * ONE));
        sums[1]++;
        return sums;
    }

    /** The margin of one picture; 0 for a single class. */
    static double of(float[] logits, int label) {
        double others = 0;
        for (int c = 0; c < logits.length; c++) {
            others += c == label ? 0 : logits[c];
        }
        return logits.length == 1 ? 0 : logits[label] - others / (logits.length - 1);
    }
}
