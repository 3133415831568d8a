package ai.softlabel.criterion;

import com.intel.analytics.bigdl.dllib.tensor.Tensor;
import java.util.Arrays;
import java.util.OptionalInt;

/** Reads labels out of a target of shape (batch), (batch, 1) or, for a single row, of one element. */
final class Labels {
    /** What {@link #at} returns for an ignored row. */
    static final int IGNORED = -1;

    private final int rows;
    private final int classes;
    private final OptionalInt ignored;
    private final Object array;
    private final int offset;
    private final int stride;

    Labels(Tensor<?> target, int rows, int classes, OptionalInt ignored) {
        int dimensions = target.dim();
        if (target.nElement() != rows || dimensions > 2 || (dimensions == 2 && target.size(1) != rows)) {
            throw new IllegalArgumentException(
                    "expected a target of " + rows + " labels, one for each row of logits, found shape " + shape(target));
        }
        this.rows = rows;
        this.classes = classes;
        this.ignored = ignored;
        this.array = target.storage().array();
        this.offset = target.storageOffset() - 1;
        this.stride = dimensions == 0 ? 0 : target.stride(1);
    }

    /** The class of a row, from 0, or {@link #IGNORED}. */
    int at(int row) {
        int index = offset + row * stride;
        double label = array instanceof float[] f ? f[index] : ((double[]) array)[index];
        if (ignored.isPresent() && label == ignored.getAsInt()) {
            return IGNORED;
        }
        if (!(label >= 1 && label <= classes && label == Math.rint(label))) {
            throw new IllegalArgumentException("expected a label from 1 to " + classes
                    + (ignored.isPresent() ? " or " + ignored.getAsInt() + " (ignored)" : "") + ", found " + label + " in row " + (row + 1));
        }
        return (int) label - 1;
    }

    /** The sum of the labels' weights, ignored rows left out. */
    double weight(double[] weights) {
        double sum = 0;
        for (int row = 0; row < rows; row++) {
            int label = at(row);
            sum += label == IGNORED ? 0 : weights == null ? 1 : weights[label];
        }
        return sum;
    }

    static String shape(Tensor<?> tensor) {
        return tensor.dim() == 0 ? "[]" : Arrays.toString(tensor.size());
    }
}
