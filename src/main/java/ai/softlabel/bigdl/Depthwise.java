package ai.softlabel.bigdl;

import com.intel.analytics.bigdl.dllib.tensor.DnnTensor;
import com.intel.analytics.bigdl.mkl.Memory;
import java.util.Arrays;

/**
 * The weights' gradient of a convolution that filters each channel by itself. mkldnn's generated kernel for it (0.19,
 * {@code jit_dw} backward by weights) is wrong where the stride is not 1 and the last row of padding is not read, as
 * over even sides, and where the filter is larger than the picture: it adds rows that are not there.
 *
 * <p>Tensors lie in mkldnn's blocks of channels: (batch, channels / block, height, width, block).
 */
final class Depthwise {
    private final int[] input;
    private final int[] output;
    private final int kernel;
    private final int stride;
    private final int padding;
    private final int block;
    private final float[] x;
    private final float[] y;
    private final float[] row;
    private final double[] sums;

    /**
     * @param input shape (batch, channels, height, width)
     * @param output shape likewise
     * @param block channels in a block, a divisor of the number of channels
     */
    Depthwise(int[] input, int[] output, int kernel, int stride, int padding, int block) {
        this.input = input;
        this.output = output;
        this.kernel = kernel;
        this.stride = stride;
        this.padding = padding;
        this.block = block;
        this.x = new float[input[2] * input[3] * block];
        this.y = new float[output[2] * output[3] * block];
        this.row = new float[kernel * kernel * block];
        this.sums = new double[kernel * kernel * block];
    }

    /** Whether mkldnn's own is wrong. */
    static boolean needed(int[] input, int kernel, int stride) {
        return stride != 1 || kernel > input[2] || kernel > input[3];
    }

    /**
     * Takes the gradient.
     *
     * @param weights where it goes from {@code at}, (channels, kernel, kernel)
     * @param biases where the bias's goes from {@code biasAt}; null where there is none
     */
    void gradient(DnnTensor<?> in, DnnTensor<?> gradOutput, float[] weights, int at, float[] biases, int biasAt) {
        int blocks = input[1] / block;
        int side = kernel * kernel;
        for (int c = 0; c < blocks; c++) {
            Arrays.fill(sums, 0);
            double[] bias = new double[block];
            for (int n = 0; n < input[0]; n++) {
                Memory.CopyPtr2Array(in.storageAddress(), (n * blocks + c) * x.length, x, 0, x.length, Float.BYTES);
                Memory.CopyPtr2Array(
                        gradOutput.storageAddress(), (n * blocks + c) * y.length, y, 0, y.length, Float.BYTES);
                for (int r = 0; r < output[2]; r++) {
                    addRow(r);
                }
                for (int i = 0; i < y.length && biases != null; i++) {
                    bias[i % block] += y[i];
                }
            }
            for (int b = 0; b < block; b++) {
                for (int k = 0; k < side; k++) {
                    weights[at + (c * block + b) * side + k] = (float) sums[k * block + b];
                }
                if (biases != null) {
                    biases[biasAt + c * block + b] = (float) bias[b];
                }
            }
        }
    }

    /** Adds an output row's part: short sums in float, which are then added in double. */
    private void addRow(int r) {
        Arrays.fill(row, 0);
        for (int k = 0; k < kernel * kernel; k++) {
            int from = r * stride - padding + k / kernel;
            if (from < 0 || from >= input[2]) {
                continue;
            }
            int shift = k % kernel - padding;
            // Columns whose input lies within the picture.
            int first = Math.max(0, -Math.floorDiv(shift, stride));
            int last = Math.min(output[3], Math.floorDiv(input[3] - 1 - shift, stride) + 1);
            for (int column = first; column < last; column++) {
                add(k * block, (from * input[3] + column * stride + shift) * block, (r * output[3] + column) * block);
            }
        }
        for (int i = 0; i < row.length; i++) {
            sums[i] += row[i];
        }
    }

    private void add(int to, int in, int out) {
        for (int b = 0; b < block; b++) {
            row[to + b] += x[in + b] * y[out + b];
        }
    }
}
