package ai.softlabel.loss;

import ai.softlabel.bigdl.Tensors;
import com.intel.analytics.bigdl.dllib.tensor.Tensor;
import java.util.Arrays;

/** Reads hard labels out of a target of shape (batch), (batch, 1) or, for a single row, of one element. */
final class Labels {
    /** What {@link #at} returns for an ignored row. */
    static final int IGNORED = -1;

    private int rows;
    private int classes;
    private Integer ignored;
    private Object array;
    private int offset;
    private int stride;

    /**
     * Reads from now on out of {@code target}.
     *
     * @param ignoredLabel the label whose rows count for nothing, or null
     */
    void of(Tensor<?> target, int rowsOfLogits, int classesOfLogits, Integer ignoredLabel) {
        rows = rowsOfLogits;
        classes = classesOfLogits;
        ignored = ignoredLabel;
        int dimensions = target.dim();
        if (target.nElement() != rows || dimensions > 2 || (dimensions == 2 && Tensors.size(target, 1) != rows)) {
            throw new IllegalArgumentException("expected a target of " + rows
                    + " labels, one for each row of logits, found shape " + shape(target));
        }
        array = target.storage().array();
        offset = target.storageOffset() - 1;
        stride = dimensions == 0 ? 0 : Tensors.stride(target, 1);
    }

    /** The class of a row, from 0, or {@link #IGNORED}. */
    int at(int row) {
        int index = offset + row * stride;
        double label = array instanceof float[] f ? f[index] : ((double[]) array)[index];
        if (ignored != null && label == ignored) {
            return IGNORED;
        }
        if (!(label >= 1 && label <= classes && label == Math.rint(label))) {
            throw new IllegalArgumentException(
                    "expected a label from 1 to " + classes + (ignored != null ? " or " + ignored + " (ignored)" : "")
                            + ", found " + label + " in row " + (row + 1));
        }
        return (int) label - 1;
    }

    /** The sum of the rows' weights times their labels', ignored rows left out; either may be null for none. */
    double weight(double[] weights, double[] rowWeights) {
        double sum = 0;
        for (int row = 0; row < rows; row++) {
            int label = at(row);
            double own = rowWeights == null ? 1 : rowWeights[row];
            sum += label == IGNORED ? 0 : weights == null ? own : own * weights[label];
        }
        return sum;
    }

    static String shape(Tensor<?> tensor) {
        return tensor.dim() == 0 ? "[]" : Arrays.toString(tensor.size());
    }
}
