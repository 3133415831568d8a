package ai.softlabel.calibrate;

import ai.softlabel.metrics.BinaryCounts;
import java.io.Serializable;
import java.util.Arrays;

/** A map from a picture's logits to probabilities. */
public sealed interface Calibrator extends Serializable
        permits Calibrator.None,
                Calibrator.Temperature,
                Calibrator.MixedTemperature,
                Calibrator.Vector,
                Calibrator.StructuredVector,
                Calibrator.StructuredMatrix,
                Calibrator.Platt,
                Calibrator.Isotonic,
                Calibrator.Beta,
                Calibrator.Labels {
    /** The method's name, as the report and {@code calibration.json} give it. */
    String method();

    /** Probabilities, one for each class, that sum to 1; not so those of {@link Labels}. */
    double[] apply(float[] logits);

    /** Softmax of the logits as they are. */
    record None() implements Calibrator {
        @Override
        public String method() {
            return "none";
        }

        @Override
        public double[] apply(float[] logits) {
            return Probabilities.softmax(logits, c -> logits[c]);
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
        public double[] apply(float[] logits) {
            return Probabilities.softmax(logits, c -> logits[c] / temperature);
        }
    }

    /**
     * Temperature scaling of which 1/(count + 1) is the uniform distribution, so that nothing is impossible: what
     * {@code count} pictures never showed weighs against one that could have been of any class.
     *
     * @param temperature above 0
     * @param count pictures that it was fitted on, at least 1
     */
    record MixedTemperature(double temperature, int count) implements Calibrator {
        @Override
        public String method() {
            return "temperature-mixed";
        }

        @Override
        public double[] apply(float[] logits) {
            double[] p = Probabilities.softmax(logits, c -> logits[c] / temperature);
            for (int c = 0; c < p.length; c++) {
                p[c] = (count * p[c] + 1.0 / p.length) / (count + 1);
            }
            return p;
        }

        /** The logarithms of the probabilities, which are all finite. */
        double[] logarithms(float[] logits) {
            double[] p = apply(logits);
            for (int c = 0; c < p.length; c++) {
                p[c] = Math.log(p[c]);
            }
            return p;
        }
    }

    /**
     * Softmax of the logarithms of temperature scaling's probabilities, each scaled and shifted, held near 1 and 0 by a
     * ridge that falls with the number of pictures (structured vector scaling; Berta et al., "Structured Matrix Scaling
     * for Multi-Class Calibration", 2026, arXiv 2511.03685).
     *
     * @param start whose probabilities' logarithms are scaled
     * @param scale one for each class
     * @param shift one for each class
     */
    record StructuredVector(MixedTemperature start, double[] scale, double[] shift) implements Calibrator {
        @Override
        public String method() {
            return "structured-vector";
        }

        @Override
        public double[] apply(float[] logits) {
            double[] u = start.logarithms(logits);
            return Probabilities.softmax(logits, c -> scale[c] * u[c] + shift[c]);
        }
    }

    /**
     * The same with a matrix, held near the identity (structured matrix scaling; Berta et al., 2026).
     *
     * @param start whose probabilities' logarithms are mapped
     * @param matrix for each class the factors of all logarithms
     * @param shift one for each class
     */
    record StructuredMatrix(MixedTemperature start, double[][] matrix, double[] shift) implements Calibrator {
        @Override
        public String method() {
            return "structured-matrix";
        }

        @Override
        public double[] apply(float[] logits) {
            double[] u = start.logarithms(logits);
            return Probabilities.softmax(logits, c -> {
                double sum = shift[c];
                for (int j = 0; j < u.length; j++) {
                    sum += matrix[c][j] * u[j];
                }
                return sum;
            });
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
        public double[] apply(float[] logits) {
            return Probabilities.softmax(logits, c -> scale[c] * logits[c] + shift[c]);
        }
    }

    /**
     * For each class a logistic curve over its log-odds, ln p/(1-p), renormalised (Platt, "Probabilistic Outputs for
     * Support Vector Machines", 1999; one against the rest as in Zadrozny and Elkan, 2002).
     *
     * @param scale one for each class
     * @param shift one for each class
     */
    record Platt(double[] scale, double[] shift) implements Calibrator {
        @Override
        public String method() {
            return "platt";
        }

        @Override
        public double[] apply(float[] logits) {
            double[] p = Probabilities.logOdds(logits);
            for (int c = 0; c < p.length; c++) {
                p[c] = BinaryCounts.sigmoid(scale[c] * p[c] + shift[c]);
            }
            return Probabilities.normalized(p);
        }
    }

    /**
     * For each class a curve over its log-odds that never falls, linear between its points and constant beyond them,
     * renormalised (Zadrozny and Elkan, "Transforming Classifier Scores into Accurate Multiclass Probability
     * Estimates", 2002). What {@code count} pictures never showed is not impossible: they weigh against one that could
     * have been of any class.
     *
     * @param at for each class the points' log-odds, rising
     * @param value for each class the points' probabilities
     * @param count pictures that it was fitted on
     */
    record Isotonic(double[][] at, double[][] value, int count) implements Calibrator {
        @Override
        public String method() {
            return "isotonic";
        }

        @Override
        public double[] apply(float[] logits) {
            double[] p = Probabilities.logOdds(logits);
            for (int c = 0; c < p.length; c++) {
                p[c] = Probabilities.interpolated(at[c], value[c], p[c]);
            }
            Probabilities.normalized(p);
            for (int c = 0; c < p.length; c++) {
                p[c] = (count * p[c] + 1.0 / p.length) / (count + 1);
            }
            return p;
        }
    }

    /**
     * For each class a curve over its probability p, σ(a·ln p - b·ln(1-p) + c), renormalised (beta calibration; Kull,
     * Silva Filho and Flach, "Beta calibration", AISTATS 2017). A class that had too few pictures for a curve keeps its
     * p: a and b are 1, c is 0.
     *
     * @param a one for each class, at least 0
     * @param b one for each class, at least 0
     * @param c one for each class
     */
    record Beta(double[] a, double[] b, double[] c) implements Calibrator {
        @Override
        public String method() {
            return "beta";
        }

        @Override
        public double[] apply(float[] logits) {
            double[] p = Probabilities.logOdds(logits);
            for (int k = 0; k < p.length; k++) {
                // ln p and -ln(1-p), which keep their digits where p is close to 0 or 1.
                double score = -a[k] * BinaryCounts.nll(p[k], 1) + b[k] * BinaryCounts.nll(p[k], 0) + c[k];
                p[k] = BinaryCounts.sigmoid(score);
            }
            return Probabilities.normalized(p);
        }
    }

    /**
     * For pictures of several classes or none: each class's own logistic curve over its logit, σ(scale · z + shift).
     *
     * @param method none, temperature (no shift) or platt
     * @param scale one for each class
     * @param shift one for each class
     * @param threshold for each class the least probability at which a picture is said to be of it
     */
    record Labels(String method, double[] scale, double[] shift, double[] threshold) implements Calibrator {
        private static final double HALF = 0.5;

        /** The sigmoid of the logits as they are, and a threshold of 1/2. */
        public static Labels plain(int classes) {
            double[] ones = new double[classes];
            double[] halves = new double[classes];
            Arrays.fill(ones, 1);
            Arrays.fill(halves, HALF);
            return new Labels("none", ones, new double[classes], halves);
        }

        @Override
        public double[] apply(float[] logits) {
            double[] p = new double[logits.length];
            for (int c = 0; c < p.length; c++) {
                p[c] = BinaryCounts.sigmoid(scale[c] * logits[c] + shift[c]);
            }
            return p;
        }
    }
}
