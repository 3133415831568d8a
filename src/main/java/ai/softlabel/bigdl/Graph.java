package ai.softlabel.bigdl;

import com.intel.analytics.bigdl.dllib.nn.Container;
import com.intel.analytics.bigdl.dllib.nn.abstractnn.AbstractModule;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.HeapData;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.Input$;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.Phase;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.Phase$InferencePhase$;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.Phase$TrainingPhase$;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.ReorderMemory$;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.Sequential;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.SpatialConvolution;
import com.intel.analytics.bigdl.dllib.tensor.Storage;
import com.intel.analytics.bigdl.dllib.tensor.Tensor;
import com.intel.analytics.bigdl.mkl.DataType;
import com.intel.analytics.bigdl.mkl.Memory;

/**
 * Layers compiled for one batch size and one picture size. Parameters and gradients live in flat arrays of the
 * caller's, which several graphs may share: the native kernels read the weights anew at each training forward pass, and
 * an inference graph reads them when it is compiled. A graph belongs to the thread that made it.
 */
public final class Graph implements AutoCloseable {
    /** What a graph is compiled for. */
    public enum Mode {
        TRAINING,
        INFERENCE
    }

    /**
     * Where a graph's parameters lie.
     *
     * @param weights flat parameters of the whole model
     * @param gradients of the same length; may be null for inference
     * @param offset where this graph's part begins
     */
    public record Parameters(float[] weights, float[] gradients, int offset) {}

    private final Sequential module;
    private final Statistics statistics;
    private final Tensor<Float> input;
    private final Tensor<Float> outputGradient;
    private final float[] output;
    private final float[] inputGradient;

    private Graph(Sequential module, Statistics statistics, int[] in, int[] out, boolean wantInputGradient) {
        this.module = module;
        this.statistics = statistics;
        this.input = Tensors.of(new float[size(in)], in);
        this.outputGradient = Tensors.of(new float[size(out)], out);
        this.output = new float[size(out)];
        this.inputGradient = wantInputGradient ? new float[size(in)] : null;
    }

    /**
     * Compiles layers to native kernels.
     *
     * @param in shape of the input: (batch, channels, height, width), or (batch, features)
     * @param out shape of the output: (batch, features), or (batch, features, 1, 1) after pooling
     * @param statistics running statistics as {@link Graph#statistics} gives them
     * @return a graph whose {@link #input()} is of shape {@code in}
     */
    public static Graph compile(
            Layer layers, int[] in, int[] out, Mode mode, Parameters parameters, float[] statistics) {
        boolean training = mode == Mode.TRAINING;
        Chain s = new Chain();
        s.add(Input$.MODULE$.apply(in, layout(in)));
        s.add(layers.module);
        HeapData heap = new HeapData(out, layout(out), DataType.F32);
        ReorderMemory$ reorder = ReorderMemory$.MODULE$;
        s.add(reorder.apply(heap, reorder.apply$default$2(), reorder.apply$default$3(heap, reorder.apply$default$2())));
        place(s, parameters);
        Statistics stats = new Statistics(s);
        stats.plain(statistics);
        Phase phase = training ? Phase$TrainingPhase$.MODULE$ : Phase$InferencePhase$.MODULE$;
        if (training) {
            s.training();
        } else {
            s.evaluate();
        }
        s.compile(phase);
        if (training) {
            SharedMemory.layOut(s);
            stats.training(statistics);
        }
        return new Graph(s, stats, in, out, in.length == 2);
    }

    /**
     * Whether every {@link Layers#added} layer has the layout of what it is added to; where one has not, what the graph
     * yields means nothing. The kernels choose layouts when they are compiled, by what the processor can do.
     */
    public boolean sumsFit() {
        return sumsFit(module);
    }

    private static boolean sumsFit(AbstractModule<?, ?, ?> module) {
        if (module instanceof SpatialConvolution c && c.sum()) {
            return c.outputFormats()[0].layout() == c.sumOp().outputFormats()[0].layout();
        }
        if (module instanceof Container<?, ?, ?> container) {
            return Layers.children(container).stream().allMatch(Graph::sumsFit);
        }
        return true;
    }

    /** The number of parameters in {@code layers}. */
    public static int parameters(Layer layers) {
        int n = 0;
        for (Tensor<?> t : weights(layers.module)) {
            n += t.nElement();
        }
        return n;
    }

    /** The input, row by row; the caller fills it before {@link #forward()}. */
    public float[] input() {
        return Tensors.floats(input);
    }

    /** Where {@link #forward} leaves its result. */
    public float[] output() {
        return output;
    }

    /** Runs the graph forward; the result, row by row, is valid until the next call. */
    public float[] forward() {
        return copy(module.forward(input), output);
    }

    /** Where the caller puts the loss's gradient with respect to the output before {@link #backward()}. */
    public float[] outputGradient() {
        return Tensors.floats(outputGradient);
    }

    /**
     * Runs the graph backward after {@link #forward()}: overwrites this graph's part of the flat gradients.
     *
     * @return the gradient with respect to the input, valid until the next call, or null where the input is pictures
     */
    public float[] backward() {
        Object gradient = module.backward(input, outputGradient);
        return inputGradient == null ? null : copy(gradient, inputGradient);
    }

    /**
     * Copies the running statistics, plain, into {@code to}: for each BatchNorm in the order of the parameters, its
     * means, then its (unbiased) variances.
     */
    public void statistics(float[] to) {
        statistics.read(to);
    }

    /** Sets a training graph's running statistics. */
    public void setStatistics(float[] from) {
        statistics.training(from);
    }

    /** Copies a training graph's sums behind the running statistics, in the same order. */
    public void sums(float[] to) {
        statistics.readSums(to);
    }

    /** Sets what {@link #sums} copied. */
    public void setSums(float[] from) {
        statistics.sums(from);
    }

    /** Frees the native memory. */
    @Override
    public void close() {
        module.release();
    }

    private static float[] copy(Object activity, float[] to) {
        Tensor<?> t = (Tensor<?>) activity;
        System.arraycopy(Tensors.floats(t), t.storageOffset() - 1, to, 0, to.length);
        return to;
    }

    /** Moves every parameter of the module into the caller's flat arrays, in order. */
    private static void place(Sequential module, Parameters p) {
        Storage<Object> weights = Tensors.storage(p.weights());
        Storage<Object> gradients = p.gradients() == null ? null : Tensors.storage(p.gradients());
        Tensor<?>[] w = weights(module);
        Tensor<?>[] g = (Tensor<?>[]) module.parameters()._2();
        int at = p.offset();
        for (int i = 0; i < w.length; i++) {
            set(w[i], weights, at);
            if (gradients != null) {
                set(g[i], gradients, at);
            }
            at += w[i].nElement();
        }
    }

    @SuppressWarnings("unchecked")
    private static void set(Tensor<?> tensor, Storage<Object> storage, int at) {
        ((Tensor<Object>) tensor).set(storage, at + 1, tensor.size(), null);
    }

    private static Tensor<?>[] weights(AbstractModule<?, ?, ?> module) {
        return (Tensor<?>[]) module.parameters()._1();
    }

    private static int layout(int[] shape) {
        return shape.length == 4 ? Memory.Format.nchw : Memory.Format.nc;
    }

    private static int size(int[] shape) {
        int n = 1;
        for (int s : shape) {
            n *= s;
        }
        return n;
    }
}
