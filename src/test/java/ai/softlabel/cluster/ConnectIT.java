package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assumptions.abort;

import ai.softlabel.Program;
import ai.softlabel.PythonEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.AssertionFailedError;

/** The stages over Spark Connect, in a Python environment with the wheel: the client has no JVM of its own. */
@Tag("cluster")
@Tag("long")
class ConnectIT {
    @TempDir
    Path dir;

    private static Path environment() throws InterruptedException {
        try {
            return PythonEnvironment.of("connect-python", Path.of("src/test/python/requirements-connect.txt"));
        } catch (IOException | AssertionFailedError e) {
            return abort("skipped: it needs Python 3.11 with PySpark 4.1 and gRPC, which can't be installed here: "
                    + e.getMessage().lines().findFirst().orElse(""));
        }
    }

    @Test
    void theServerThatPySparkCarriesRunsTheStages() throws Exception {
        String wheel = Program.run(
                        "python3", "src/main/python/make_wheel.py", "target/softlabel-job.jar", dir.toString())
                .ended(0)
                .output()
                .strip();
        Path environment = environment();
        Program.run(environment.resolve("bin/pip").toString(), "install", "-q", "--no-deps", "--force-reinstall", wheel)
                .ended(0);
        Path tests = Files.copy(Path.of("src/test/python/test_connect.py"), dir.resolve("test_connect.py"));
        Program.run(
                        Map.of("SPARK_LOCAL_IP", "127.0.0.1"),
                        List.of(
                                environment.resolve("bin/python").toString(),
                                "-m",
                                "pytest",
                                "-q",
                                "-p",
                                "no:cacheprovider",
                                tests.toString()))
                .ended(0);
    }
}
