package ai.softlabel.bigdl;

import com.intel.analytics.bigdl.dllib.nn.abstractnn.AbstractModule;
import com.intel.analytics.bigdl.dllib.nn.abstractnn.Activity;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.MemoryData;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.MklDnnModule;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.Sequential;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.SpatialConvolution;

/**
 * Layers one after the other, whose backward pass takes both of a layer's gradients before it goes on to the layer
 * below. BigDL's own goes through all layers for the gradients of the inputs and then again for those of the weights,
 * and so must keep every gradient; here one is wanted no longer than until the layer below has read it, which is what
 * {@link SharedMemory} makes use of.
 */
final class Chain extends Sequential {
    private static final long serialVersionUID = 1;

    /**
     * Takes all gradients.
     *
     * @return the gradient with respect to the input; null where a convolution has said that it is not wanted: BigDL's
     *     takes it all the same, a tenth of a ResNet-18's step
     */
    @Override
    public Activity updateGradInput(Activity input, Activity gradOutput) {
        Activity gradient = gradOutput;
        Activity gradientForWeights = gradOutput;
        for (int i = modules().length() - 1; i >= 0; i--) {
            AbstractModule<Activity, Activity, ?> layer = layer(i);
            // The input is asked for twice, once for each gradient: a reorder counts its uses.
            Activity gradInput = layer instanceof SpatialConvolution c && !c.propagateBack()
                    ? null
                    : layer.updateGradInput(i == 0 ? input : inputOf(i), gradient);
            layer.accGradParameters(i == 0 ? input : inputOf(i), gradientForWeights);
            if (gradInput == null) {
                return null;
            }
            if (i > 0) {
                MklDnnModule below = mklDnnModules()[i - 1];
                MemoryData[] from = mklDnnModules()[i].gradInputFormats();
                gradient = reorderManager().infer(from, below.gradOutputFormats(), gradInput);
                gradientForWeights = reorderManager().infer(from, below.gradOutputWeightFormats(), gradInput);
            } else {
                gradient = gradInput;
            }
        }
        gradInput_$eq(gradient);
        return gradient;
    }

    /** Nothing: {@link #updateGradInput} has done it. */
    @Override
    public void accGradParameters(Activity input, Activity gradOutput) {}

    private Activity inputOf(int i) {
        return reorderManager()
                .infer(
                        mklDnnModules()[i - 1].outputFormats(),
                        mklDnnModules()[i].inputFormats(),
                        layer(i - 1).output());
    }

    @SuppressWarnings("unchecked")
    private AbstractModule<Activity, Activity, ?> layer(int i) {
        return (AbstractModule<Activity, Activity, ?>) (Object) modules().apply(i);
    }
}
