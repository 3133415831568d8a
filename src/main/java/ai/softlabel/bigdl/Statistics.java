package ai.softlabel.bigdl;

import com.intel.analytics.bigdl.dllib.nn.Container;
import com.intel.analytics.bigdl.dllib.nn.abstractnn.AbstractModule;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.SpatialBatchNormalization;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.TensorMMap;
import com.intel.analytics.bigdl.dllib.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * BatchNorm's running statistics as torchvision keeps them, on layers that keep Caffe's sums: running = m * running +
 * batch and scale = m * scale + 1, the statistic being their quotient. With the scale preset to 1 / (1 - m) it stays
 * there, and the quotient follows torchvision's exponential average of momentum 1 - m exactly.
 */
final class Statistics {
    private static final float SCALE = (float) (1 / (1 - Layers.KEEP));

    private final List<SpatialBatchNormalization> layers = new ArrayList<>();

    Statistics(AbstractModule<?, ?, ?> module) {
        collect(module);
    }

    private void collect(AbstractModule<?, ?, ?> module) {
        if (module instanceof SpatialBatchNormalization bn) {
            layers.add(bn);
        } else if (module instanceof Container<?, ?, ?> container) {
            Layers.children(container).forEach(this::collect);
        }
    }

    /** Sets the heap's values for a graph that is about to be compiled. */
    void plain(float[] from) {
        set(from, 1f);
    }

    /** Sets a compiled training graph's sums, on the heap and in native memory, which a compile has cleared. */
    void training(float[] from) {
        set(from, SCALE);
        toNative();
    }

    private void toNative() {
        for (SpatialBatchNormalization bn : layers) {
            toNative(bn.runningMean());
            toNative(bn.runningVariance());
        }
    }

    void read(float[] to) {
        int at = 0;
        for (SpatialBatchNormalization bn : layers) {
            at = read(bn.runningMean().dense(), bn.scaleFactor(), to, at);
            at = read(bn.runningVariance().dense(), bn.scaleFactor(), to, at);
        }
    }

    /** The sums themselves: what a training that is cut goes on from, for their quotients round. */
    void readSums(float[] to) {
        int at = 0;
        for (SpatialBatchNormalization bn : layers) {
            at = read(bn.runningMean().dense(), 1, to, at);
            at = read(bn.runningVariance().dense(), 1, to, at);
        }
    }

    /** Sets what {@link #readSums} read. */
    void sums(float[] from) {
        set(from, 1, SCALE);
        toNative();
    }

    private void set(float[] from, float scale) {
        set(from, scale, scale);
    }

    private void set(float[] from, float factor, float scale) {
        int at = 0;
        for (SpatialBatchNormalization bn : layers) {
            at = write(bn.runningMean().dense(), factor, from, at);
            at = write(bn.runningVariance().dense(), factor, from, at);
            bn.scaleFactor_$eq(scale);
        }
        if (at != from.length) {
            throw new IllegalArgumentException("expected " + at + " running statistics, found " + from.length);
        }
    }

    private static int write(Tensor<?> tensor, float scale, float[] from, int at) {
        float[] values = Tensors.floats(tensor);
        int start = tensor.storageOffset() - 1;
        int n = tensor.nElement();
        for (int i = 0; i < n; i++) {
            values[start + i] = from[at + i] * scale;
        }
        return at + n;
    }

    private static int read(Tensor<?> tensor, float scale, float[] to, int at) {
        float[] values = Tensors.floats(tensor);
        int start = tensor.storageOffset() - 1;
        int n = tensor.nElement();
        for (int i = 0; i < n; i++) {
            to[at + i] = values[start + i] / scale;
        }
        return at + n;
    }

    @SuppressWarnings("unchecked")
    private static void toNative(TensorMMap map) {
        Tensors.inNative(map).copy((Tensor<Object>) (Tensor<?>) map.dense());
    }
}
