package ai.softlabel.predict;

/** Softmax in double precision. */
public final class Softmax {
    private Softmax() {}

    /** exp(logit) over the sum of all, shifted by the largest so that nothing overflows. */
    public static double[] of(float[] logits) {
        double max = Double.NEGATIVE_INFINITY;
        for (float v : logits) {
            max = Math.max(max, v);
        }
        double[] p = new double[logits.length];
        double sum = 0;
        for (int c = 0; c < p.length; c++) {
            p[c] = Math.exp(logits[c] - max);
            sum += p[c];
        }
        for (int c = 0; c < p.length; c++) {
            p[c] /= sum;
        }
        return p;
    }
}
