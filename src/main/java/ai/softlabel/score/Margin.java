package ai.softlabel.score;

import org.apache.spark.api.java.JavaRDD;

/**
 * How far the right class's logit stands above the mean of the others': what label smoothing bounds (Müller, Kornblith
 * and Hinton, "When Does Label Smoothing Help?", 2019).
 */
public final class Margin {
    private Margin() {}

    private static final double ONE = 0x1p24;

    /**
     * The mean over the predictions; NaN for none. Summed in fixed point, so that no placement changes it: exact to
     * 2^-25 for each picture, and throws beyond 2^39 in all.
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

    /** One picture's; of a single class 0. */
    static double of(float[] logits, int label) {
        double others = 0;
        for (int c = 0; c < logits.length; c++) {
            others += c == label ? 0 : logits[c];
        }
        return logits.length == 1 ? 0 : logits[label] - others / (logits.length - 1);
    }
}
