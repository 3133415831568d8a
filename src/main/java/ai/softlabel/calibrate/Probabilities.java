package ai.softlabel.calibrate;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/** The arithmetic of calibrators. */
final class Probabilities {
    /** Log-odds beyond this are taken for this: a probability of 1 - 1e-17 is 1 in double precision. */
    static final double LARGEST = 40;

    private Probabilities() {}

    /** Softmax of as many values as there are logits. */
    static double[] softmax(float[] logits, IntToDoubleFunction value) {
        double[] z = new double[logits.length];
        double max = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < z.length; c++) {
            z[c] = value.applyAsDouble(c);
            max = Math.max(max, z[c]);
        }
        double sum = 0;
        for (int c = 0; c < z.length; c++) {
            z[c] = Math.exp(z[c] - max);
            sum += z[c];
        }
        for (int c = 0; c < z.length; c++) {
            z[c] /= sum;
        }
        return z;
    }

    /**
     * For each class ln p/(1-p) of its softmax probability, within ±{@link #LARGEST}: its logit less the logarithm of
     * the others' exponentials' sum.
     */
    static double[] logOdds(float[] logits) {
        double[] p = softmax(logits, c -> logits[c]);
        // Summed without p[c], from both ends: 1 - p[c] has no digits left where p[c] is close to 1.
        double[] out = new double[p.length];
        for (int c = p.length - 2; c >= 0; c--) {
            out[c] = out[c + 1] + p[c + 1];
        }
        double before = 0;
        for (int c = 0; c < p.length; c++) {
            double others = before + out[c];
            before += p[c];
            out[c] = Math.max(-LARGEST, Math.min(LARGEST, Math.log(p[c]) - Math.log(others)));
        }
        return out;
    }

    /** The place of the largest value, of several the first. */
    static int largest(double[] values) {
        int best = 0;
        for (int c = 1; c < values.length; c++) {
            best = values[c] > values[best] ? c : best;
        }
        return best;
    }

    /** Divides by the sum, in place; all alike where that is 0. */
    static double[] normalized(double[] p) {
        double sum = Arrays.stream(p).sum();
        for (int c = 0; c < p.length; c++) {
            p[c] = sum > 0 ? p[c] / sum : 1.0 / p.length;
        }
        return p;
    }

    /** Linear between points at rising places, constant beyond them. */
    static double interpolated(double[] at, double[] value, double x) {
        int found = Arrays.binarySearch(at, x);
        if (found >= 0) {
            return value[found];
        }
        int next = -found - 1;
        if (next == 0 || next == at.length) {
            return value[Math.max(0, next - 1)];
        }
        double share = (x - at[next - 1]) / (at[next] - at[next - 1]);
        return value[next - 1] + share * (value[next] - value[next - 1]);
    }
}
