package ai.softlabel.bigdl;

import bigdl.shaded.scala.reflect.ClassTag;
import com.intel.analytics.bigdl.dllib.nn.mkldnn.TensorMMap;
import com.intel.analytics.bigdl.dllib.tensor.DenseTensor;
import com.intel.analytics.bigdl.dllib.tensor.Storage;
import com.intel.analytics.bigdl.dllib.tensor.Storage$;
import com.intel.analytics.bigdl.dllib.tensor.Tensor;
import com.intel.analytics.bigdl.dllib.tensor.Tensor$;
import com.intel.analytics.bigdl.dllib.tensor.TensorNumericMath.TensorNumeric;

/** BigDL tensors over plain Java arrays, which they share: what one side writes the other side sees. */
public final class Tensors {
    private Tensors() {}

    /** A contiguous float tensor of the given shape over {@code values}. */
    public static Tensor<Float> of(float[] values, int... shape) {
        return typed(tensor(values, values.length, shape, Engine.FLOAT, Engine.FLOATS));
    }

    /** A contiguous double tensor of the given shape over {@code values}. */
    public static Tensor<Double> of(double[] values, int... shape) {
        return typed(tensor(values, values.length, shape, Engine.DOUBLE, Engine.DOUBLES));
    }

    /** The array under a float tensor; the tensor begins at {@link Tensor#storageOffset()} - 1. */
    public static float[] floats(Tensor<?> tensor) {
        return (float[]) tensor.storage().array();
    }

    /**
     * A tensor's size in a dimension from 1; BigDL's own {@code size(int)} makes a message at each call, in case it
     * should fail.
     */
    public static int size(Tensor<?> tensor, int dimension) {
        return tensor instanceof DenseTensor<?> dense ? dense._size()[dimension - 1] : tensor.size(dimension);
    }

    /** A tensor's stride in a dimension from 1, likewise. */
    public static int stride(Tensor<?> tensor, int dimension) {
        return tensor instanceof DenseTensor<?> dense ? dense._stride()[dimension - 1] : tensor.stride(dimension);
    }

    /** The evidence for elements of type float or double that BigDL's constructors take. */
    @SuppressWarnings("unchecked")
    public static <T> ClassTag<T> tag(Class<T> type) {
        return (ClassTag<T>) (type == Float.class ? Engine.FLOAT : Engine.DOUBLE);
    }

    /** The arithmetic for elements of type float or double that BigDL's constructors take. */
    @SuppressWarnings("unchecked")
    public static <T> TensorNumeric<T> numeric(Class<T> type) {
        return (TensorNumeric<T>) (type == Float.class ? Engine.FLOATS : Engine.DOUBLES);
    }

    static Storage<Object> storage(float[] values) {
        return Storage$.MODULE$.apply(values, Engine.FLOAT);
    }

    /** What a map has in native memory. Its accessor is called {@code native}, a keyword of Java's. */
    @SuppressWarnings("unchecked")
    static Tensor<Object> inNative(TensorMMap map) {
        try {
            return (Tensor<Object>) TensorMMap.class.getMethod("native").invoke(map);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this is not BigDL 2.4.0: " + e, e);
        }
    }

    private static Tensor<Object> tensor(
            Object values, int length, int[] shape, ClassTag<Object> tag, TensorNumeric<Object> numeric) {
        long size = 1;
        for (int n : shape) {
            size *= n;
        }
        if (size != length) {
            throw new IllegalArgumentException(
                    "expected " + size + " values for shape " + java.util.Arrays.toString(shape) + ", found " + length);
        }
        return Tensor$.MODULE$.apply(Storage$.MODULE$.apply(values, tag), 1, shape, null, tag, numeric);
    }

    @SuppressWarnings("unchecked")
    private static <T> Tensor<T> typed(Tensor<?> tensor) {
        return (Tensor<T>) tensor;
    }
}
