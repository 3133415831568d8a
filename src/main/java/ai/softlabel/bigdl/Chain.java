package ai.softlabel.bigdl;

import com.intel.analytics.bigdl.dllib.nn.abstractnn.AbstractModule;
import com.intel.analytics.bigdl.dllib.nn.abstractnn.Activity;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.ConcatTable;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.MemoryData;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.MklDnnModule;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.Sequential;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.SpatialConvolution;
import java.util.List;

/**
 * Layers one after the other, whose backward pass takes both of a layer's gradients before it goes on to the layer
 * below. BigDL's own goes through all layers for the gradients of the inputs and then again for those of the weights,
 * and so must keep every gradient; here one is wanted no longer than until the layer below has read it, which is what
 * {@link SharedMemory} makes use of.
 *
 * <p>A layer's kernels may want one tensor in different layouts: the input as the layer's forward pass takes it, the
 * output's gradient once for the gradient of the input and once for that of the weights. So a chain keeps the inputs
 * that its layers read, and takes the output's gradient in both layouts.
 */
final class Chain extends Sequential {
    private static final long serialVersionUID = 1;

    /** What each layer read in the last forward pass, in its own layout. */
    private transient Activity[] inputs;
    /** The output's gradient in the layout that the last layer's weights want; null where both want the same. */
    private transient Activity gradientForWeights;

    @Override
    public Activity updateOutput(Activity input) {
        int n = modules().length();
        if (inputs == null) {
            inputs = new Activity[n];
        }
        Activity at = input;
        for (int i = 0; i < n; i++) {
            inputs[i] = at;
            at = layer(i).forward(at);
            if (i < n - 1) {
                at = reorderManager()
                        .infer(mklDnnModules()[i].outputFormats(), mklDnnModules()[i + 1].inputFormats(), at);
            }
        }
        output_$eq(at);
        return at;
    }

    /**
     * Takes all gradients.
     *
     * @param input not read: the container around this chain may have it in another layout than the first layer
     * @return the gradient with respect to the input; null where a convolution has said that it is not wanted: BigDL's
     *     takes it all the same, a tenth of a ResNet-18's step
     */
    @Override
    public Activity updateGradInput(Activity input, Activity gradOutput) {
        Activity gradient = gradOutput;
        Activity forWeights = gradientForWeights == null ? gradOutput : gradientForWeights;
        gradientForWeights = null;
        for (int i = modules().length() - 1; i >= 0; i--) {
            AbstractModule<Activity, Activity, ?> layer = layer(i);
            handOver(layer, forWeights);
            Activity gradInput = layer instanceof SpatialConvolution c && !c.propagateBack()
                    ? null
                    : layer.updateGradInput(inputs[i], gradient);
            layer.accGradParameters(inputs[i], forWeights);
            if (gradInput == null) {
                return null;
            }
            if (i > 0) {
                MklDnnModule below = mklDnnModules()[i - 1];
                MemoryData[] from = mklDnnModules()[i].gradInputFormats();
                // Asked for twice also where both are the same: a reorder counts its uses.
                gradient = reorderManager().infer(from, below.gradOutputFormats(), gradInput);
                forWeights = reorderManager().infer(from, below.gradOutputWeightFormats(), gradInput);
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

    /** Gives chains within a layer the gradient that the weights at their ends want, before they go backward. */
    private static void handOver(AbstractModule<?, ?, ?> layer, Activity forWeights) {
        if (layer instanceof Chain chain) {
            chain.gradientForWeights = forWeights;
        } else if (layer instanceof ConcatTable table) {
            List<AbstractModule<?, ?, ?>> branches = Layers.children(table);
            for (int i = 0; i < branches.size(); i++) {
                handOver(branches.get(i), forWeights.toTable().apply(i + 1));
            }
        }
    }

    @SuppressWarnings("unchecked")
    private AbstractModule<Activity, Activity, ?> layer(int i) {
        return (AbstractModule<Activity, Activity, ?>) (Object) modules().apply(i);
    }
}
