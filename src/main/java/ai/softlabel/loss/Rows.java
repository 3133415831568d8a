package ai.softlabel.loss;

import ai.softlabel.bigdl.Tensors;
import com.intel.analytics.bigdl.dllib.tensor.Tensor;

/**
 * Reads logits row by row out of a tensor of shape (batch, classes) or (classes), and writes a gradient of the same
 * shape. It is used again for tensor after tensor, so that a call allocates nothing.
 */
final class Rows {
    int count;
    int classes;
    private float[] floats;
    private double[] doubles;
    private int offset;
    private int rowStride;
    private int columnStride;

    /** Reads from now on out of {@code input}. */
    void of(Tensor<?> input) {
        int dimensions = input.dim();
        if (dimensions < 1 || dimensions > 2 || input.nElement() == 0) {
            throw new IllegalArgumentException(
                    "expected logits of shape (batch, classes) or (classes), found " + Labels.shape(input));
        }
        count = dimensions == 2 ? Tensors.size(input, 1) : 1;
        classes = Tensors.size(input, dimensions);
        rowStride = dimensions == 2 ? Tensors.stride(input, 1) : 0;
        columnStride = Tensors.stride(input, dimensions);
        offset = input.storageOffset() - 1;
        Object array = input.storage().array();
        floats = array instanceof float[] f ? f : null;
        doubles = array instanceof double[] d ? d : null;
    }

    /** Copies a row's logits. */
    void read(int row, double[] to) {
        int at = offset + row * rowStride;
        for (int j = 0; j < classes; j++, at += columnStride) {
            double value = floats != null ? floats[at] : doubles[at];
            if (!(Math.abs(value) < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "expected finite logits, found " + value + " for class " + (j + 1) + " in row " + (row + 1));
            }
            to[j] = value;
        }
    }

    /** Gives {@code gradient} the input's shape where it has another. */
    void shape(Tensor<?> gradient, Tensor<?> input) {
        boolean same = gradient.dim() == input.dim()
                && Tensors.size(gradient, gradient.dim()) == classes
                && gradient.nElement() == count * classes;
        if (!same) {
            gradient.resizeAs(input);
        }
    }

    /** Writes a row of the gradient, which is contiguous, each value times {@code scale}. */
    void write(int row, double[] from, double scale, Tensor<?> gradient) {
        int at = gradient.storageOffset() - 1 + row * classes;
        Object array = gradient.storage().array();
        if (array instanceof float[] f) {
            for (int j = 0; j < classes; j++) {
                f[at + j] = (float) (scale * from[j]);
            }
        } else {
            double[] d = (double[]) array;
            for (int j = 0; j < classes; j++) {
                d[at + j] = scale * from[j];
            }
        }
    }

    /** Zeroes a row of the gradient. */
    void ignore(int row, Tensor<?> gradient) {
        int at = gradient.storageOffset() - 1 + row * classes;
        Object array = gradient.storage().array();
        if (array instanceof float[] f) {
            java.util.Arrays.fill(f, at, at + classes, 0f);
        } else {
            java.util.Arrays.fill((double[]) array, at, at + classes, 0.0);
        }
    }
}
