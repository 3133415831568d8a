package ai.softlabel.bigdl;

import com.intel.analytics.bigdl.dllib.nn.Container;
import com.intel.analytics.bigdl.dllib.nn.abstractnn.AbstractModule;
import com.intel.analytics.bigdl.dllib.nn.abstractnn.Activity;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.AvgPooling$;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.CAddTable$;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.ConcatTable;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.ConcatTable$;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.Identity$;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.Linear$;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.MaxPooling$;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.Sequential;
import java.util.ArrayList;
import java.util.List;

/** The layers of BigDL's {@code nn.mkldnn} that networks are made of, with torchvision's semantics. */
public final class Layers {
    /** BatchNorm's epsilon, as in torchvision. */
    private static final double EPSILON = 1e-5;
    /** BigDL multiplies the old running value by this; torchvision's momentum of 0.1 is its complement. */
    static final double KEEP = 0.9;

    private Layers() {}

    /**
     * A convolution without bias.
     *
     * @param gradInput false where the gradient with respect to the input is not wanted (the first layer)
     */
    public static Layer convolution(ConvolutionShape shape, boolean gradInput) {
        return new Layer(new Convolution(shape, gradInput, false));
    }

    /** The same with a bias. */
    public static Layer biased(ConvolutionShape shape, boolean gradInput) {
        return new Layer(new Convolution(shape, gradInput, true));
    }

    /** The same with a bias and a ReLU in the same kernel, for inference only. */
    public static Layer rectified(ConvolutionShape shape) {
        return new Layer(new Convolution(shape, false, true).setReLU(true));
    }

    /**
     * The same with a bias, added to what an earlier layer left, and rectified if so wanted, all in one kernel, for
     * inference only. It writes over that layer's output, which must have its shape and, see {@link Graph#sumsFit}, its
     * layout.
     */
    @SuppressWarnings("unchecked")
    public static Layer added(Layer earlier, ConvolutionShape shape, boolean relu) {
        return new Layer(new Convolution(shape, false, true)
                .setSumOp((AbstractModule<Activity, Activity, Object>) earlier.module, 1)
                .setReLU(relu));
    }

    public static Layer batchNorm(int channels) {
        return new Layer(new BatchNorm(channels, EPSILON, KEEP));
    }

    public static Layer relu() {
        return new Layer(new MatchingReLU());
    }

    /** min(max(x, 0), 6). */
    public static Layer relu6() {
        return new Layer(new BoundedReLU(6f));
    }

    /** Max pooling whose output size is rounded down, as torchvision's is. */
    public static Layer maxPool(int kernel, int stride, int padding) {
        MaxPooling$ m = MaxPooling$.MODULE$;
        return new Layer(m.apply(kernel, kernel, stride, stride, padding, padding, m.apply$default$7())
                .floor());
    }

    /** The mean over {@code side} x {@code side} positions, all there are. */
    public static Layer globalAveragePool(int side) {
        AvgPooling$ m = AvgPooling$.MODULE$;
        return new Layer(m.apply(side, side, 1, 1, 0, 0, true, m.apply$default$8()));
    }

    /** A fully connected layer with bias; weight (out, in). */
    public static Layer linear(int in, int out) {
        return new Layer(Linear$.MODULE$.apply(in, out, true, null, null, null, null, null, null));
    }

    public static Layer identity() {
        return new Layer(Identity$.MODULE$.apply(Engine.FLOAT, Engine.FLOATS));
    }

    public static Layer sequence(Layer... layers) {
        Sequential s = new Chain();
        for (Layer layer : layers) {
            s.add(layer.module);
        }
        return new Layer(s);
    }

    /** The sum of two branches over the same input; the parameters of the first come first. */
    public static Layer sum(Layer main, Layer shortcut) {
        ConcatTable table = ConcatTable$.MODULE$.apply();
        table.add(main.module);
        table.add(shortcut.module);
        return sequence(new Layer(table), new Layer(CAddTable$.MODULE$.apply()));
    }

    /** What a container is made of, in order. */
    static List<AbstractModule<?, ?, ?>> children(Container<?, ?, ?> container) {
        List<AbstractModule<?, ?, ?>> children = new ArrayList<>();
        for (int i = 0; i < container.modules().length(); i++) {
            children.add((AbstractModule<?, ?, ?>) (Object) container.modules().apply(i));
        }
        return children;
    }
}
