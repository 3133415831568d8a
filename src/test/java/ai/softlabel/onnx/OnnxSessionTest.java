package ai.softlabel.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.JobException;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OnnxSessionTest {
    private static final String ARTIFACT = OnnxRuntime.ARTIFACT;

    /** With the tests' class path, but for ONNX Runtime. */
    @Test
    void withoutOnnxRuntimeItSaysWhatToAdd() throws Exception {
        List<URL> without = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!Path.of(entry).getFileName().toString().startsWith("onnxruntime")) {
                without.add(Path.of(entry).toUri().toURL());
            }
        }
        try (URLClassLoader loader =
                new URLClassLoader(without.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Class<?> runtime = loader.loadClass(OnnxRuntime.class.getName());
            assertEquals(false, runtime.getMethod("available").invoke(null));
            Throwable thrown = assertThrows(
                            InvocationTargetException.class,
                            () -> runtime.getMethod("require", String.class).invoke(null, "--engine onnxruntime"))
                    .getCause();
            assertEquals(JobException.class.getName(), thrown.getClass().getName());
            assertEquals(
                    "expected ONNX Runtime on the class path for --engine onnxruntime, found none; add " + ARTIFACT
                            + ", for example by SOFTLABEL_SPARK_ARGS='--packages " + ARTIFACT
                            + "'",
                    thrown.getMessage());
        }
    }

    @Test
    void aFileThatIsNoModelIsRefusedInALine() {
        assertTrue(OnnxRuntime.available());
        JobException e = assertThrows(JobException.class, () -> new OnnxSession(new byte[] {1, 2, 3}, 1, 1));
        assertTrue(e.getMessage().startsWith("expected ONNX Runtime to run the model, found "), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }
}
