package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assumptions.abort;

import ai.softlabel.Program;
import ai.softlabel.PythonEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.opentest4j.AssertionFailedError;

/**
 * Python environments with PySpark of several versions and what the wheel's tests need; PySpark has the whole of its
 * Spark.
 */
final class PySpark {
    private static final Path LOCK = Path.of("src/test/python/requirements-library.txt");

    private PySpark() {}

    /**
     * An environment's folder; the test is skipped where it can't be installed.
     *
     * @param version 4.0, 4.1, 4.2 or 4.3
     */
    static Path environment(String version) throws InterruptedException {
        try {
            if (version.equals("4.1")) {
                return PythonEnvironment.of("library-python", LOCK);
            }
            Path other = Path.of("src/test/python/requirements-pyspark-" + version + ".txt");
            List<String> lines = Stream.concat(
                            Files.readAllLines(LOCK).stream()
                                    .filter(l -> !l.startsWith("pyspark=") && !l.startsWith("py4j=")),
                            Files.readAllLines(other).stream())
                    .toList();
            Path lock = Files.createTempFile("requirements", ".txt");
            try {
                return PythonEnvironment.of("library-python-" + version, Files.write(lock, lines));
            } finally {
                Files.delete(lock);
            }
        } catch (IOException | AssertionFailedError e) {
            return abort("skipped: it needs Python 3.11 with PySpark " + version + ", which can't be installed here: "
                    + e.getMessage().lines().findFirst().orElse(""));
        }
    }

    /** The Spark of an environment, as SPARK_HOME wants it. */
    static Path home(Path environment) throws IOException, InterruptedException {
        return Path.of(Program.run(
                        environment.resolve("bin/python").toString(),
                        "-c",
                        "import pyspark; print(pyspark.__path__[0])")
                .ended(0)
                .output()
                .strip());
    }
}
