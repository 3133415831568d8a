package ai.softlabel.bigdl;

import com.intel.analytics.bigdl.dllib.nn.abstractnn.Activity;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.HeapData;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.MemoryData;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.MemoryData$;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.MklDnnMemory$;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.MklDnnOps$;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.NativeData;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.Phase;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.SpatialConvolution;
import com.intel.analytics.bigdl.dllib.tensor.DnnTensor;
import com.intel.analytics.bigdl.dllib.tensor.DnnTensor$;
import com.intel.analytics.bigdl.dllib.tensor.Tensor;
import com.intel.analytics.bigdl.mkl.AlgKind;
import com.intel.analytics.bigdl.mkl.DataType;
import com.intel.analytics.bigdl.mkl.Memory;
import com.intel.analytics.bigdl.mkl.MklDnn;
import com.intel.analytics.bigdl.mkl.Query;
import java.util.List;

/**
 * A square convolution whose weights' gradient is fast over small pictures too. mkldnn generates kernels for that only
 * where the filter is no larger than the picture (0.19, {@code jit_avx2_conv_bwd_weights_kernel_f32}: {@code kh <=
 * ih}); otherwise it multiplies matrices picture by picture, with as few terms to a sum as the output has pixels: on
 * AVX2 a third of a ResNet-18's step at 64. There the gradient is taken over the whole batch at once, as that of a 1x1
 * convolution over {@link Columns}, for which there are generated kernels.
 */
final class Convolution extends SpatialConvolution {
    private static final long serialVersionUID = 1;

    /** Null where mkldnn's own gradient is fast. */
    private transient Columns columns;

    /** Null where mkldnn's own gradient is correct. */
    private transient Depthwise depthwise;

    private transient DnnTensor<Object> input;
    private transient DnnTensor<Object> gradOutput;
    private transient long[] memories;

    Convolution(ConvolutionShape shape, boolean gradInput, boolean bias) {
        super(
                shape.in(),
                shape.out(),
                shape.kernel(),
                shape.kernel(),
                shape.stride(),
                shape.stride(),
                shape.padding(),
                shape.padding(),
                shape.groups(),
                gradInput,
                null,
                null,
                null,
                null,
                null,
                null,
                bias,
                SpatialConvolution.apply$default$18(),
                1,
                1);
    }

    @Override
    public MemoryData[] initGradWPrimitives(MemoryData[] grad, Phase phase) {
        int[] in = inputFormats()[0].shape();
        int[] out = outputFormats()[0].shape();
        int block = block(inputFormats()[0]);
        boolean single = nGroup() == in[1] && nGroup() == out[1];
        if (single
                && Depthwise.needed(in, kernelW(), strideW())
                && block > 0
                && block == block(gradOutputFormats()[0])) {
            super.initGradWPrimitives(grad, phase);
            depthwise = new Depthwise(in, out, kernelW(), strideW(), padW(), block);
            _gradOutputFormatsForWeight_$eq(gradOutputFormats());
            return gradOutputFormats();
        }
        // A group has too few channels of its own for a product over columns.
        boolean known = nGroup() == 1 && block > 0 && block == block(gradOutputFormats()[0]);
        if (!known || block(diffDst(gradient(in, out, kernelW(), strideW(), padW()))) > 0) {
            return super.initGradWPrimitives(grad, phase);
        }
        Columns spread = new Columns(in, out, kernelW(), strideW(), padW(), block);
        int[] flat = {1, spread.channels(), 1, spread.pixels()};
        int[] rows = {1, out[1], 1, spread.pixels()};
        long description = gradient(flat, rows, 1, 1, 0);
        MemoryData source = MemoryData$.MODULE$.operationWant(description, Query.SrcPd, 0);
        if (block(source) != block || block(diffDst(description)) != block) {
            return super.initGradWPrimitives(grad, phase);
        }
        columns = spread;
        input = DnnTensor$.MODULE$.apply(flat, Engine.FLOAT, Engine.FLOATS, _this());
        gradOutput = DnnTensor$.MODULE$.apply(rows, Engine.FLOAT, Engine.FLOATS, _this());
        prepare(description, source, new int[] {out[1], spread.channels(), 1, 1});
        // As the gradient of the input wants it, so that it is brought into one layout only.
        _gradOutputFormatsForWeight_$eq(gradOutputFormats());
        return gradOutputFormats();
    }

    private void prepare(long description, MemoryData source, int[] weights) {
        MemoryData diffWeights = MemoryData$.MODULE$.operationWant(description, Query.DiffWeightsPd, 0);
        NativeData diffBias = new NativeData(new int[] {nOutputPlane()}, Memory.Format.x, DataType.F32);
        gradWeight().setMemoryData(diffWeights, new HeapData(weights, Memory.Format.oihw, DataType.F32), runtime());
        gradBias()
                .setMemoryData(
                        diffBias, new HeapData(new int[] {nOutputPlane()}, Memory.Format.x, DataType.F32), runtime());
        long[] sources = {primitive(source), primitive(diffDst(description))};
        long[] results = {primitive(diffWeights), primitive(diffBias)};
        memories = new long[] {sources[0], sources[1], results[0], results[1]};
        accGradientPrimitives_$eq(new long[] {
            MklDnnMemory$.MODULE$.PrimitiveCreate2(description, sources, new int[2], 2, results, 2, _this())
        });
    }

    /** Describes a convolution's gradient with respect to its weights, in the layouts that mkldnn likes best. */
    private long gradient(int[] in, int[] out, int kernel, int stride, int padding) {
        int[] after = new int[2];
        for (int i = 0; i < 2; i++) {
            after[i] = (out[i + 2] - 1) * stride + kernel - in[i + 2] - padding;
        }
        MklDnnMemory$ m = MklDnnMemory$.MODULE$;
        long description = m.ConvBackwardWeightsDescInit(
                AlgKind.ConvolutionDirect,
                any(in),
                any(new int[] {out[1], in[1], kernel, kernel}),
                new NativeData(new int[] {out[1]}, Memory.Format.x, DataType.F32).getMemoryDescription(_this()),
                any(out),
                new int[] {stride, stride},
                new int[] {padding, padding},
                after,
                MklDnn.PaddingKind.mkldnnPaddingZero,
                _this());
        return m.PrimitiveDescCreate(description, runtime().engine(), 0, _this());
    }

    private long any(int[] shape) {
        return new NativeData(shape, Memory.Format.any, DataType.F32).getMemoryDescription(_this());
    }

    private static MemoryData diffDst(long description) {
        return MemoryData$.MODULE$.operationWant(description, Query.DiffDstPd, 0);
    }

    private long primitive(MemoryData data) {
        return data.getPrimitive(runtime(), _this());
    }

    /** How many channels lie together in a layout; 0 where it is not one of blocks. */
    private static int block(MemoryData data) {
        return switch (data.layout()) {
            case Memory.Format.nChw8c -> 8;
            case Memory.Format.nChw16c -> 16;
            default -> 0;
        };
    }

    /** What this layer needs native memory for only while it takes the weights' gradient. */
    List<DnnTensor<Object>> spread() {
        return columns == null ? List.of() : List.of(input, gradOutput);
    }

    @Override
    public void accGradParameters(Activity in, Activity gradient) {
        if (depthwise != null) {
            Tensor<?> weights = gradWeight().dense();
            Tensor<?> biases = withBias() ? gradBias().dense() : null;
            depthwise.gradient(
                    (DnnTensor<?>) in,
                    (DnnTensor<?>) gradient,
                    Tensors.floats(weights),
                    weights.storageOffset() - 1,
                    biases == null ? null : Tensors.floats(biases),
                    biases == null ? 0 : biases.storageOffset() - 1);
            return;
        }
        if (columns == null) {
            super.accGradParameters(in, gradient);
            return;
        }
        columns.spreadInput((DnnTensor<?>) in, input);
        columns.spreadOutput((DnnTensor<?>) gradient, gradOutput);
        Tensor<?>[] tensors = {input, gradOutput, Tensors.inNative(gradWeight()), Tensors.inNative(gradBias())};
        submit(tensors);
        gradWeight().sync();
        gradBias().sync();
    }

    @SuppressWarnings("unchecked")
    private void submit(Tensor<?>[] tensors) {
        MklDnnOps$.MODULE$.streamSubmit(
                runtime().stream(), 1, accGradientPrimitives(), 1, memories, (Tensor<Object>[]) tensors);
    }
}
