package ai.softlabel.loss;

import ai.softlabel.bigdl.Tensors;
import com.intel.analytics.bigdl.dllib.tensor.Tensor;

/** Reads each row's target distribution, out of hard labels or out of soft targets of the logits' shape. */
final class Targets {
    private static final double SUM_TOLERANCE = 1e-3;

    private final Labels labels = new Labels();
    private boolean soft;
    private Link link;
    private int rows;
    private int classes;
    private Object array;
    private int offset;
    private int rowStride;
    private int columnStride;

    /** Reads from now on out of {@code target}; {@code ignored} is the label whose rows count for nothing, or null. */
    void of(Tensor<?> target, int rowsOfLogits, int classesOfLogits, Integer ignored, Link linkOfLoss) {
        link = linkOfLoss;
        rows = rowsOfLogits;
        classes = classesOfLogits;
        int dimensions = target.dim();
        soft = classes > 1
                && target.nElement() == rows * classes
                && Tensors.size(target, dimensions) == classes
                && (dimensions == 2 && Tensors.size(target, 1) == rows || dimensions == 1 && rows == 1);
        if (!soft) {
            labels.of(target, rows, classes, ignored);
            return;
        }
        array = target.storage().array();
        offset = target.storageOffset() - 1;
        rowStride = dimensions == 2 ? Tensors.stride(target, 1) : 0;
        columnStride = Tensors.stride(target, dimensions);
    }

    /** Fills in a row's distribution; false where the row is ignored. */
    boolean read(int row, double[] to) {
        if (!soft) {
            int label = labels.at(row);
            java.util.Arrays.fill(to, 0, classes, 0);
            if (label != Labels.IGNORED) {
                to[label] = 1;
            }
            return label != Labels.IGNORED;
        }
        double sum = 0;
        int at = offset + row * rowStride;
        for (int j = 0; j < classes; j++, at += columnStride) {
            to[j] = array instanceof float[] f ? f[at] : ((double[]) array)[at];
            if (!(to[j] >= 0 && to[j] <= 1)) {
                throw new IllegalArgumentException("expected soft targets in [0, 1], found " + to[j] + " for class "
                        + (j + 1) + " in row " + (row + 1));
            }
            sum += to[j];
        }
        if (link == Link.SOFTMAX && Math.abs(sum - 1) > SUM_TOLERANCE) {
            throw new IllegalArgumentException(
                    "expected soft targets that sum to 1, found " + sum + " in row " + (row + 1));
        }
        return true;
    }

    /**
     * What a mean is divided by: the sum of the rows' weights times their labels' class weights, ignored rows left out;
     * with soft targets the sum of the rows' weights. Either weights may be null for none.
     */
    double weight(double[] classWeights, double[] rowWeights) {
        if (!soft) {
            return labels.weight(classWeights, rowWeights);
        }
        if (rowWeights == null) {
            return rows;
        }
        double sum = 0;
        for (double w : rowWeights) {
            sum += w;
        }
        return sum;
    }
}
