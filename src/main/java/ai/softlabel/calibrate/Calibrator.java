package ai.softlabel.calibrate;

import java.io.Serializable;

/** A map from a picture's logits to probabilities. */
public sealed interface Calibrator extends Serializable
        permits Calibrator.None, Calibrator.Temperature, Calibrator.Vector {
    /** The method's name, as the report and {@code calibration.json} give it. */
    String method();

    /** The logits that softmax makes probabilities of. */
    double[] transform(float[] logits);

    /** Probabilities, one for each class. */
    default double[] apply(float[] logits) {
        double[] z = transform(logits);
        double max = Double.NEGATIVE_INFINITY;
        for (double v : z) {
            max = Math.max(max, v);
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

    /** Softmax of the logits as they are. */
    record None() implements Calibrator {
        @Override
        public String method() {
            return "none";
        }

        @Override
        public double[] transform(float[] logits) {
            double[] z = new double[logits.length];
            for (int c = 0; c < z.length; c++) {
                z[c] = logits[c];
            }
            return z;
        }
    }

    /**
     * Softmax of the logits over a temperature (Guo et al., "On Calibration of Modern Neural Networks", 2017); the
     * predicted class stays.
     *
     * @param temperature above 0; below 1 for a model that is less sure than it could be
     */
    record Temperature(double temperature) implements Calibrator {
        @Override
        public String method() {
            return "temperature";
        }

        @Override
        public double[] transform(float[] logits) {
            double[] z = new double[logits.length];
            for (int c = 0; c < z.length; c++) {
                z[c] = logits[c] / temperature;
            }
            return z;
        }
    }

    /**
     * Softmax of the logits, each scaled and shifted (vector scaling; Guo et al., 2017).
     *
     * @param scale one for each class
     * @param shift one for each class
     */
    record Vector(double[] scale, double[] shift) implements Calibrator {
        @Override
        public String method() {
            return "vector";
        }

        @Override
        public double[] transform(float[] logits) {
            double[] z = new double[logits.length];
            for (int c = 0; c < z.length; c++) {
                z[c] = scale[c] * logits[c] + shift[c];
            }
            return z;
        }
    }
}
