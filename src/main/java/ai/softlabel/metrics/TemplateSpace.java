package ai.softlabel.metrics;

import java.util.Arrays;
import java.util.List;

/**
 * The space that the head's weight rows of some classes span, seen from the first of them, and where pictures' features
 * lie in it: for three classes the plane of Müller, Kornblith and Hinton ("When Does Label Smoothing Help?", 2019,
 * section 2). A picture's coordinates in an orthonormal basis follow from its logits alone, for the differences of
 * logits are products of its features with the differences of the rows.
 */
public final class TemplateSpace {
    /** A direction whose square is a smaller part than this of the largest is one of rounding errors. */
    private static final double NOTHING = 1e-10;

    private final int[] classes;
    private final double[] shifts;
    /** The lower Cholesky factor of the differences' products. */
    private final double[][] factor;

    /**
     * @param classes at least two
     * @param rows the head's weights, one row for each of {@code classes}
     * @param biases the head's biases of {@code classes}
     */
    public TemplateSpace(int[] classes, float[][] rows, float[] biases) {
        this.classes = classes.clone();
        int n = classes.length - 1;
        double[][] apart = new double[n][rows[0].length];
        this.shifts = new double[n];
        for (int i = 0; i < n; i++) {
            shifts[i] = (double) biases[i + 1] - biases[0];
            for (int k = 0; k < apart[i].length; k++) {
                apart[i][k] = (double) rows[i + 1][k] - rows[0][k];
            }
        }
        this.factor = cholesky(apart);
    }

    private static double[][] cholesky(double[][] apart) {
        int n = apart.length;
        double[][] l = new double[n][n];
        double largest = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = 0;
                for (int k = 0; k < apart[i].length; k++) {
                    sum += apart[i][k] * apart[j][k];
                }
                largest = Math.max(largest, i == j ? sum : 0);
                for (int k = 0; k < j; k++) {
                    sum -= l[i][k] * l[j][k];
                }
                if (i == j) {
                    l[i][i] = sum <= NOTHING * largest ? 0 : Math.sqrt(sum);
                } else {
                    l[i][j] = l[j][j] == 0 ? 0 : sum / l[j][j];
                }
            }
        }
        return l;
    }

    /**
     * A picture's coordinates, one fewer than classes, in units of the features.
     *
     * @param logits of all classes of the model
     */
    public double[] of(float[] logits) {
        double[] y = new double[shifts.length];
        for (int i = 0; i < y.length; i++) {
            double sum = (double) logits[classes[i + 1]] - logits[classes[0]] - shifts[i];
            for (int k = 0; k < i; k++) {
                sum -= factor[i][k] * y[k];
            }
            y[i] = factor[i][i] == 0 ? 0 : sum / factor[i][i];
        }
        return y;
    }

    /**
     * The mean square of the points' distance from their class's mean, over the mean square of those means' distance
     * from the mean of all points: the less, the tighter the classes. NaN for no points.
     *
     * @param points coordinates, all of one length
     * @param labels of each point, from 0
     */
    public static double tightness(List<double[]> points, int[] labels) {
        if (points.isEmpty()) {
            return Double.NaN;
        }
        int groups = Arrays.stream(labels).max().orElse(0) + 1;
        int width = points.get(0).length;
        double[][] means = new double[groups][width];
        double[] middle = new double[width];
        int[] counts = new int[groups];
        for (int i = 0; i < labels.length; i++) {
            counts[labels[i]]++;
            for (int k = 0; k < width; k++) {
                means[labels[i]][k] += points.get(i)[k];
                middle[k] += points.get(i)[k] / labels.length;
            }
        }
        double within = 0;
        double between = 0;
        for (int i = 0; i < labels.length; i++) {
            for (int k = 0; k < width; k++) {
                double mean = means[labels[i]][k] / counts[labels[i]];
                within += Math.pow(points.get(i)[k] - mean, 2);
                between += Math.pow(mean - middle[k], 2);
            }
        }
        return within / between;
    }
}
