package ai.softlabel.bigdl;

import bigdl.shaded.scala.Tuple2;
import com.intel.analytics.bigdl.dllib.nn.abstractnn.Activity;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.MemoryData;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.MemoryData$;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.MklDnnMemory$;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.MklDnnOps$;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.Phase;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.Phase$InferencePhase$;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.ReLU;
import com.intel.analytics.bigdl.dllib.tensor.DnnTensor;
import com.intel.analytics.bigdl.dllib.tensor.Tensor;
import com.intel.analytics.bigdl.mkl.AlgKind;
import com.intel.analytics.bigdl.mkl.PropKind;
import com.intel.analytics.bigdl.mkl.Query;

/**
 * min(max(x, 0), bound), which mkldnn has and BigDL makes no layer of. The gradient passes where 0 &lt; x &lt; bound.
 * Its output tells that as well as its input does, so that, like a ReLU, it may write over what it reads.
 *
 * <p>For the way back mkldnn has only a reference kernel, ten times slower than a ReLU's. So the gradient goes through
 * two ReLUs: that of x, and that of bound - x, which is above zero exactly where x is below the bound. The latter is
 * written over x, which by then nothing else needs: the layers above are done, those below don't read their output.
 */
final class BoundedReLU extends ReLU {
    private static final long serialVersionUID = 1;

    private final float bound;
    private transient boolean overInput;
    private transient long[] memories;

    BoundedReLU(float bound) {
        super(0f);
        this.bound = bound;
    }

    @Override
    public Tuple2<MemoryData[], MemoryData[]> initFwdPrimitives(MemoryData[] inputs, Phase phase) {
        _inputFormats_$eq(singleNativeData(inputs));
        MemoryData in = _inputFormats()[0];
        long description = forward(AlgKind.EltwiseBoundedRelu, bound, 0);
        MemoryData out = MemoryData$.MODULE$.primitiveOutput(description);
        _outputFormats_$eq(new MemoryData[] {out});
        updateOutputPrimitives_$eq(new long[] {primitive(description, out, in)});
        output_$eq(initTensor(out));
        // In training, the graph lays out all layers' memory.
        overInput = phase == Phase$InferencePhase$.MODULE$ && in.layout() == out.layout();
        return new Tuple2<>(_inputFormats(), _outputFormats());
    }

    @Override
    public Activity updateOutput(Activity input) {
        if (overInput) {
            tensor(output()).set(tensor(input));
            overInput = false;
        }
        return super.updateOutput(input);
    }

    @Override
    public Tuple2<MemoryData[], MemoryData[]> initBwdPrimitives(MemoryData[] grad, Phase phase) {
        // In the input's layout, as the kernels of MatchingReLU.
        _gradOutputFormats_$eq(MatchingReLU.like(_inputFormats()[0]));
        _gradOutputFormatsForWeight_$eq(_gradOutputFormats());
        MemoryData in = _inputFormats()[0];
        MemoryData gradient = _gradOutputFormats()[0];
        long lower = backward(gradient);
        MemoryData out = MemoryData$.MODULE$.operationWant(
                lower, Query.DiffSrcPd, MemoryData$.MODULE$.operationWant$default$3());
        _gradInputFormats_$eq(new MemoryData[] {out});
        updateGradInputPrimitives_$eq(new long[] {
            primitive(lower, out, in, gradient),
            primitive(forward(AlgKind.EltwiseLinear, -1, bound), in, in),
            primitive(backward(out), out, in, out)
        });
        gradInput_$eq(initTensor(out));
        return new Tuple2<>(_gradOutputFormats(), _gradInputFormats());
    }

    /** All three kernels; BigDL's layers run only the first. */
    @Override
    @SuppressWarnings("unchecked")
    public Activity updateGradInput(Activity input, Activity gradOutput) {
        if (memories == null) {
            memories = new long[] {
                _inputFormats()[0].getPrimitive(runtime(), _this()),
                _gradOutputFormats()[0].getPrimitive(runtime(), _this()),
                _gradInputFormats()[0].getPrimitive(runtime(), _this())
            };
        }
        long[] kernels = updateGradInputPrimitives();
        Tensor<?>[] tensors = {tensor(input), tensor(gradOutput), tensor(gradInput())};
        MklDnnOps$.MODULE$.streamSubmit(
                runtime().stream(), kernels.length, kernels, kernels.length, memories, (Tensor<Object>[]) tensors);
        return gradInput();
    }

    /** What is done to each value of the input, of mkldnn's kinds. */
    private long forward(int kind, float alpha, float beta) {
        long description = MklDnnMemory$.MODULE$.EltwiseForwardDescInit(
                PropKind.Forward, kind, _inputFormats()[0].getMemoryDescription(_this()), alpha, beta, _this());
        return MklDnnMemory$.MODULE$.PrimitiveDescCreate(description, runtime().engine(), 0, _this());
    }

    /** A ReLU's gradient. */
    private long backward(MemoryData gradient) {
        long description = MklDnnMemory$.MODULE$.EltwiseBackwardDescInit(
                AlgKind.EltwiseRelu,
                gradient.getMemoryDescription(_this()),
                _inputFormats()[0].getMemoryDescription(_this()),
                0,
                0,
                _this());
        long forward = forward(AlgKind.EltwiseRelu, 0, 0);
        return MklDnnMemory$.MODULE$.PrimitiveDescCreate(description, runtime().engine(), forward, _this());
    }

    private long primitive(long description, MemoryData out, MemoryData... in) {
        long[] sources = new long[in.length];
        for (int i = 0; i < in.length; i++) {
            sources[i] = in[i].getPrimitive(runtime(), _this());
        }
        long[] target = {out.getPrimitive(runtime(), _this())};
        return MklDnnMemory$.MODULE$.PrimitiveCreate2(
                description, sources, new int[in.length], in.length, target, 1, _this());
    }

    @SuppressWarnings("unchecked")
    private static DnnTensor<Object> tensor(Object activity) {
        return (DnnTensor<Object>) activity;
    }
}
