package ai.softlabel.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;

/** Whether ONNX Runtime is there. Of its classes it names one, within its methods, so that it loads without them. */
public final class OnnxRuntime {
    /** Maven's name of the version that the tests run with. */
    static final String ARTIFACT = "com.microsoft.onnxruntime:onnxruntime:1.23.2";

    private OnnxRuntime() {}

    /** Whether ONNX Runtime is on this process's class path, and loads. */
    public static boolean available() {
        try {
            OrtEnvironment.getEnvironment();
            return true;
        } catch (LinkageError | IllegalStateException e) {
            return false;
        }
    }

    /**
     * Makes sure that it is there.
     *
     * @param option what needs it, such as {@code --engine onnxruntime}
     * @throws JobException of status 2 where ONNX Runtime is not on this process's class path, or does not load
     */
    public static void require(String option) {
        try {
            OrtEnvironment.getEnvironment();
        } catch (LinkageError | IllegalStateException e) {
            boolean missing = e instanceof NoClassDefFoundError
                    && String.valueOf(e.getMessage()).contains("ai/onnxruntime");
            String message = String.format(
                    "expected ONNX Runtime on the class path for %s, found %s; add %s, for example by"
                            + " SOFTLABEL_SPARK_ARGS='--packages %s'",
                    option, missing ? "none" : e, ARTIFACT, ARTIFACT);
            throw new JobException(ExitStatus.OPTIONS, message, e);
        }
    }
}
