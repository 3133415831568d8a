package ai.softlabel.bigdl;

import bigdl.shaded.scala.reflect.ClassTag;
import bigdl.shaded.scala.reflect.ClassTag$;
import com.intel.analytics.bigdl.dllib.tensor.TensorNumericMath.TensorNumeric;
import com.intel.analytics.bigdl.dllib.utils.Engine$;
import com.intel.analytics.bigdl.mkl.MklDnn;

/** BigDL's process-wide engine, and the type evidence that its Scala methods take. */
public final class Engine {
    static final ClassTag<Object> FLOAT = cast(ClassTag$.MODULE$.Float());
    static final ClassTag<Object> DOUBLE = cast(ClassTag$.MODULE$.Double());
    static final TensorNumeric<Object> FLOATS = numeric("NumericFloat$");
    static final TensorNumeric<Object> DOUBLES = numeric("NumericDouble$");

    private static boolean started;

    private Engine() {}

    /**
     * Starts BigDL in this process, on its mkldnn back end and without its own use of Spark. Later calls do nothing.
     *
     * @return whether this call started it
     * @throws IllegalStateException where the native libraries can't be loaded
     */
    public static synchronized boolean start() {
        if (started) {
            return false;
        }
        System.setProperty("bigdl.localMode", "true");
        System.setProperty("bigdl.coreNumber", "1");
        System.setProperty("bigdl.engineType", "mkldnn");
        System.setProperty("bigdl.mklNumThreads", "1");
        Engine$.MODULE$.init();
        if (!MklDnn.isLoaded()) {
            throw new IllegalStateException(
                    "expected BigDL's mkldnn libraries to load, found that they did not; they need x86-64 Linux with"
                            + " glibc and about 180 MB in the temporary folder "
                            + System.getProperty("java.io.tmpdir"));
        }
        started = true;
        return true;
    }

    /**
     * Sets the size of the OpenMP team of the calling thread: a team belongs to the thread that calls, so each replica
     * sets its own.
     *
     * @param threads at least 1
     */
    public static void threads(int threads) {
        MklDnn.setNumThreads(threads);
    }

    // The numeric's class name ends in $ inside another name with $, which javac cannot write.
    @SuppressWarnings("unchecked")
    private static TensorNumeric<Object> numeric(String name) {
        try {
            String outer = "com.intel.analytics.bigdl.dllib.tensor.TensorNumericMath$TensorNumeric$";
            return (TensorNumeric<Object>)
                    Class.forName(outer + name).getField("MODULE$").get(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this is not BigDL 2.4.0: " + e, e);
        }
    }

    @SuppressWarnings("unchecked")
    private static ClassTag<Object> cast(ClassTag<?> tag) {
        return (ClassTag<Object>) tag;
    }
}
