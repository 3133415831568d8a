package ai.softlabel.bigdl;

import com.intel.analytics.bigdl.dllib.tensor.DnnTensor;
import com.intel.analytics.bigdl.mkl.Memory;
import java.util.Arrays;

/**
 * A convolution's input and output spread out for a product over the whole batch ("im2col", Chellapilla et al., "High
 * Performance Convolutional Neural Networks for Document Processing", 2006): one picture of height 1 with a pixel for
 * each of the batch's output pixels. Of the input it has a channel for each weight of a filter, in the weights' order.
 * All tensors lie in mkldnn's blocks of channels: (batch, channels / block, height, width, block).
 */
final class Columns {
    /** A thread runs one layer at a time. */
    private static final ThreadLocal<float[][]> SCRATCH = ThreadLocal.withInitial(() -> new float[2][0]);

    private final int batch;
    private final int in;
    private final int out;
    private final int[] input;
    private final int[] output;
    private final int kernel;
    private final int stride;
    private final int padding;
    private final int block;
    /** Where each channel of the spread input begins, at its first pixel. */
    private final int[] starts;

    /**
     * @param input shape (batch, channels, height, width)
     * @param output shape likewise
     * @param block channels in a block, a divisor of both numbers of channels
     */
    Columns(int[] input, int[] output, int kernel, int stride, int padding, int block) {
        this.batch = input[0];
        this.in = input[1];
        this.out = output[1];
        this.input = input;
        this.output = output;
        this.kernel = kernel;
        this.stride = stride;
        this.padding = padding;
        this.block = block;
        this.starts = new int[channels()];
        for (int c = 0; c < starts.length; c++) {
            starts[c] = c / block * pixels() * block + c % block;
        }
    }

    /** Channels of the spread input: the weights of a filter. */
    int channels() {
        return in * kernel * kernel;
    }

    /** Pixels of the spread tensors: output pixels in the batch. */
    int pixels() {
        return batch * output[2] * output[3];
    }

    /** Spreads an input. */
    void spreadInput(DnnTensor<?> from, DnnTensor<?> to) {
        float[] x = scratch(0, batch * in * input[2] * input[3]);
        float[] columns = scratch(1, channels() * pixels());
        Arrays.fill(columns, 0, channels() * pixels(), 0f);
        Memory.CopyPtr2Array(from.storageAddress(), 0, x, 0, batch * in * input[2] * input[3], Float.BYTES);
        int pixel = 0;
        for (int n = 0; n < batch; n++) {
            for (int y = 0; y < output[2]; y++) {
                for (int z = 0; z < output[3]; z++) {
                    spreadPixel(x, n, y * stride - padding, z * stride - padding, columns, pixel++);
                }
            }
        }
        Memory.CopyArray2Ptr(columns, 0, to.storageAddress(), 0, channels() * pixels(), Float.BYTES);
    }

    /** What the filters see from a corner of a picture; padding is zero. */
    private void spreadPixel(float[] x, int n, int top, int left, float[] columns, int pixel) {
        int plane = input[2] * input[3] * block;
        int side = kernel * kernel;
        for (int k = 0; k < side; k++) {
            int row = top + k / kernel;
            int column = left + k % kernel;
            if (row < 0 || row >= input[2] || column < 0 || column >= input[3]) {
                continue;
            }
            int at = n * in / block * plane + (row * input[3] + column) * block;
            for (int i = 0; i < in; i++) {
                columns[starts[i * side + k] + pixel * block] = x[at + i / block * plane + i % block];
            }
        }
    }

    /** Spreads an output, or its gradient: its pixels one after the other. */
    void spreadOutput(DnnTensor<?> from, DnnTensor<?> to) {
        int plane = output[2] * output[3] * block;
        int blocks = out / block;
        float[] y = scratch(0, batch * blocks * plane);
        float[] rows = scratch(1, batch * blocks * plane);
        Memory.CopyPtr2Array(from.storageAddress(), 0, y, 0, batch * blocks * plane, Float.BYTES);
        for (int n = 0; n < batch; n++) {
            for (int b = 0; b < blocks; b++) {
                System.arraycopy(y, (n * blocks + b) * plane, rows, (b * batch + n) * plane, plane);
            }
        }
        Memory.CopyArray2Ptr(rows, 0, to.storageAddress(), 0, batch * blocks * plane, Float.BYTES);
    }

    private static float[] scratch(int which, int length) {
        float[][] scratch = SCRATCH.get();
        if (scratch[which].length < length) {
            scratch[which] = new float[length];
        }
        return scratch[which];
    }
}
