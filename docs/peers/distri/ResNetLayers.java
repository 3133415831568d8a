import com.intel.analytics.bigdl.dllib.nn.abstractnn.AbstractModule;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.AvgPooling$;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.CAddTable$;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.ConcatTable;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.ConcatTable$;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.HeapData;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.Identity$;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.Input$;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.Linear$;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.MaxPooling$;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.ReLU$;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.ReorderMemory$;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.Sequential;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.Sequential$;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.SpatialBatchNormalization$;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.SpatialConvolution$;
import com.intel.analytics.bigdl.dllib.tensor.TensorNumericMath;
import com.intel.analytics.bigdl.mkl.DataType;
import com.intel.analytics.bigdl.mkl.Memory;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** ResNet-18 and ResNet-50 of BigDL's mkldnn layers as they come, with torchvision's sizes and 37 classes. */
final class ResNetLayers {
    static final int CLASSES = 37;
    static final ClassTag FLOAT = ClassTag$.MODULE$.Float();
    static final TensorNumericMath.TensorNumeric NUMERIC = numeric();

    private ResNetLayers() {}

    /** The network for batches of one size, not compiled yet. */
    static Sequential network(int depth, int batch, int size) {
        int[] blocks = depth == 18 ? new int[] {2, 2, 2, 2} : new int[] {3, 4, 6, 3};
        Sequential all = Sequential$.MODULE$.apply();
        all.add(Input$.MODULE$.apply(new int[] {batch, 3, size, size}, Memory.Format.nchw));
        all.add(convolution(3, 64, 7, 2, 3, false));
        all.add(norm(64));
        all.add(relu());
        all.add(MaxPooling$.MODULE$.apply(3, 3, 2, 2, 1, 1, MaxPooling$.MODULE$.apply$default$7()).floor());
        int in = 64;
        for (int stage = 0; stage < 4; stage++) {
            int width = 64 << stage;
            for (int block = 0; block < blocks[stage]; block++) {
                int stride = block == 0 && stage > 0 ? 2 : 1;
                int out = depth == 18 ? width : 4 * width;
                all.add(residual(depth == 18 ? basic(in, width, stride) : bottleneck(in, width, stride), in, out, stride));
                in = out;
            }
        }
        int side = (size + 31) / 32;
        all.add(AvgPooling$.MODULE$.apply(side, side, 1, 1, 0, 0, true, AvgPooling$.MODULE$.apply$default$8()));
        all.add(Linear$.MODULE$.apply(in, CLASSES, true, null, null, null, null, null, null));
        HeapData out = new HeapData(new int[] {batch, CLASSES}, Memory.Format.nc, DataType.F32);
        ReorderMemory$ reorder = ReorderMemory$.MODULE$;
        all.add(reorder.apply(out, reorder.apply$default$2(), reorder.apply$default$3(out, reorder.apply$default$2())));
        return all;
    }

    private static Sequential basic(int in, int width, int stride) {
        return sequence(
                convolution(in, width, 3, stride, 1, true),
                norm(width),
                relu(),
                convolution(width, width, 3, 1, 1, true),
                norm(width));
    }

    private static Sequential bottleneck(int in, int width, int stride) {
        return sequence(
                convolution(in, width, 1, 1, 0, true),
                norm(width),
                relu(),
                convolution(width, width, 3, stride, 1, true),
                norm(width),
                relu(),
                convolution(width, 4 * width, 1, 1, 0, true),
                norm(4 * width));
    }

    private static Sequential residual(Sequential main, int in, int out, int stride) {
        AbstractModule shortcut = in != out || stride != 1
                ? sequence(convolution(in, out, 1, stride, 0, true), norm(out))
                : Identity$.MODULE$.apply(FLOAT, NUMERIC);
        ConcatTable both = ConcatTable$.MODULE$.apply();
        both.add(main);
        both.add(shortcut);
        return sequence(both, CAddTable$.MODULE$.apply(), relu());
    }

    private static AbstractModule convolution(int in, int out, int kernel, int stride, int pad, boolean propagateBack) {
        SpatialConvolution$ make = SpatialConvolution$.MODULE$;
        return make.apply(
                in, out, kernel, kernel, stride, stride, pad, pad, 1, propagateBack, null, null, null, null, null, null, false,
                make.apply$default$18(), 1, 1);
    }

    private static AbstractModule norm(int channels) {
        SpatialBatchNormalization$ make = SpatialBatchNormalization$.MODULE$;
        return make.apply(channels, 1e-5, 0.1, true, null, null, null, null, make.apply$default$9());
    }

    private static AbstractModule relu() {
        return ReLU$.MODULE$.apply(0f);
    }

    private static Sequential sequence(AbstractModule... modules) {
        Sequential all = Sequential$.MODULE$.apply();
        for (AbstractModule m : modules) {
            all.add(m);
        }
        return all;
    }

    /** The float numeric is a nested Scala object, which Java can name by reflection only. */
    private static TensorNumericMath.TensorNumeric numeric() {
        try {
            return (TensorNumericMath.TensorNumeric)
                    Class.forName("com.intel.analytics.bigdl.dllib.tensor.TensorNumericMath$TensorNumeric$NumericFloat$")
                            .getField("MODULE$")
                            .get(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
