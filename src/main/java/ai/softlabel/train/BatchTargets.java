package ai.softlabel.train;

import ai.softlabel.Annotation;
import ai.softlabel.loss.Link;
import ai.softlabel.loss.Loss;
import java.util.Arrays;

/** The targets and weights of a batch's rows, as a {@link ai.softlabel.loss.BatchLoss} reads them. */
final class BatchTargets {
    private final int classes;
    private final boolean wide;
    private final Annotation[] rows;
    private final float[] values;
    private final double[] weights;

    /** @param mixes whether rows get {@link #mix}ed */
    BatchTargets(Loss loss, int rows, int classes, boolean mixes) {
        this.classes = classes;
        this.wide = mixes || loss.link() == Link.SIGMOID;
        this.rows = new Annotation[rows];
        this.values = new float[wide ? rows * classes : rows];
        this.weights = new double[rows];
        Arrays.fill(weights, 1);
    }

    /** A label for each row, from 1, or (rows, classes) targets. */
    float[] values() {
        return values;
    }

    /** A weight for each row. */
    double[] weights() {
        return weights;
    }

    int rows() {
        return rows.length;
    }

    /** Sets a row to what is known of its picture. */
    void set(int row, Annotation annotation) {
        rows[row] = annotation;
        weights[row] = annotation.weight();
        if (wide) {
            Arrays.fill(values, row * classes, (row + 1) * classes, 0f);
            add(row, annotation, 1);
        } else {
            values[row] = annotation.label() + 1;
        }
    }

    /**
     * Mixes a row that was set with another: labels and weights alike, as pictures are. A row of weights a and b has
     * the weight share · a + (1 - share) · b.
     *
     * @param share the row's own share, in [0, 1]
     */
    void mix(int row, int partner, double share) {
        Arrays.fill(values, row * classes, (row + 1) * classes, 0f);
        add(row, rows[row], (float) share);
        add(row, rows[partner], (float) (1 - share));
        // In this form equal weights stay what they are, to the bit.
        weights[row] = rows[partner].weight() + share * (rows[row].weight() - rows[partner].weight());
    }

    private void add(int row, Annotation annotation, float share) {
        for (int label : annotation.labels()) {
            values[row * classes + label] += share;
        }
    }
}
