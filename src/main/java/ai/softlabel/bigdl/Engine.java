package ai.softlabel.bigdl;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
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
     * @throws JobException where the native libraries can't be loaded
     */
    public static synchronized boolean start() {
        if (started) {
            return false;
        }
        System.setProperty("bigdl.localMode", "true");
        System.setProperty("bigdl.coreNumber", "1");
        System.setProperty("bigdl.engineType", "mkldnn");
        System.setProperty("bigdl.mklNumThreads", "1");
        try {
            Engine$.MODULE$.init();
            if (!MklDnn.isLoaded()) {
                throw new LinkageError("MklDnn is not loaded");
            }
        } catch (LinkageError e) {
            throw unloaded(e);
        }
        started = true;
        return true;
    }

    /** A temporary folder that is full, missing or not to be written to, one of noexec, or another C library. */
    private static JobException unloaded(LinkageError thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String found = String.format(
                "expected BigDL's native libraries to load, found %s; they need x86-64 Linux with glibc, and 180 MB in %s,"
                        + " which must allow programs (no noexec): make room there, or name another folder by"
                        + " -Djava.io.tmpdir",
                root, System.getProperty("java.io.tmpdir"));
        return new JobException(ExitStatus.TRAINING, found, thrown);
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
