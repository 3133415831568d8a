package ai.softlabel.metrics;

import java.io.Serializable;

/** For each class, the bins over its probability, whatever the label; see {@link Calibration#classwiseEce}. */
final class ClassBins implements Serializable {
    private static final long serialVersionUID = 1;

    private final long[][] count;
    private final long[][] right;
    private final long[][] sum;

    ClassBins(int classes) {
        count = new long[classes][Summary.BINS];
        right = new long[classes][Summary.BINS];
        sum = new long[classes][Summary.BINS];
    }

    int classes() {
        return count.length;
    }

    void add(double[] probabilities, int label, int times) {
        if (probabilities.length != classes()) {
            throw new IllegalArgumentException(
                    "expected " + classes() + " probabilities, found " + probabilities.length);
        }
        for (int c = 0; c < probabilities.length; c++) {
            int bin = Summary.bin(probabilities[c]);
            count[c][bin] += times;
            right[c][bin] += c == label ? times : 0;
            sum[c][bin] = Summary.plus(sum[c][bin], probabilities[c], times);
        }
    }

    void addAll(ClassBins other) {
        for (int c = 0; c < classes(); c++) {
            for (int b = 0; b < Summary.BINS; b++) {
                count[c][b] += other.count[c][b];
                right[c][b] += other.right[c][b];
                sum[c][b] = Math.addExact(sum[c][b], other.sum[c][b]);
            }
        }
    }

    /** A class's ECE times the number of pictures. */
    double gaps(int c) {
        double all = 0;
        for (int b = 0; b < Summary.BINS; b++) {
            all += Math.abs(right[c][b] - sum[c][b] / Summary.ONE);
        }
        return all;
    }
}
