package ai.softlabel.metrics;

import java.util.Arrays;
import java.util.List;

/**
 * Gives a picture the class whose mean its features are nearest to (Mensink, Verbeek, Perronnin and Csurka,
 * "Distance-Based Image Classification: Generalizing to New Classes at Near-Zero Cost", 2013): nothing is fitted but
 * means, so its error tells how far features alone part classes. Features are scaled to length 1 first, so that a
 * network with longer ones is not another.
 */
public final class NearestMean {
    private final double[][] means;
    private final int[] counts;

    /**
     * Makes the means.
     *
     * @param features of each picture, all of one width, at least one
     * @param labels of each picture, from 0
     */
    public NearestMean(List<float[]> features, int[] labels) {
        int classes = Arrays.stream(labels).max().orElse(0) + 1;
        means = new double[classes][features.get(0).length];
        counts = new int[classes];
        for (int i = 0; i < labels.length; i++) {
            double[] x = unit(features.get(i));
            counts[labels[i]]++;
            for (int k = 0; k < x.length; k++) {
                means[labels[i]][k] += x[k];
            }
        }
        for (int c = 0; c < classes; c++) {
            for (int k = 0; k < means[c].length; k++) {
                means[c][k] /= Math.max(1, counts[c]);
            }
        }
    }

    /** The class of the nearest mean, of equally near ones the first; a class without pictures is none. */
    public int of(float[] features) {
        double[] x = unit(features);
        int best = -1;
        double least = Double.POSITIVE_INFINITY;
        for (int c = 0; c < means.length; c++) {
            double apart = 0;
            for (int k = 0; k < x.length; k++) {
                apart += (x[k] - means[c][k]) * (x[k] - means[c][k]);
            }
            if (counts[c] > 0 && apart < least) {
                least = apart;
                best = c;
            }
        }
        return best;
    }

    private static double[] unit(float[] features) {
        double square = 0;
        for (float v : features) {
            square += (double) v * v;
        }
        double length = square == 0 ? 1 : Math.sqrt(square);
        double[] x = new double[features.length];
        Arrays.setAll(x, k -> features[k] / length);
        return x;
    }
}
