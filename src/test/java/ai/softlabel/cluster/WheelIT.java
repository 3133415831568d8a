package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.softlabel.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The wheel in a Python environment that has PySpark and nothing of the checkout. */
@Tag("cluster")
class WheelIT {
    @TempDir
    Path dir;

    private static Path wheel(Path folder) throws IOException, InterruptedException {
        String made = Program.run(
                        "python3", "src/main/python/make_wheel.py", "target/softlabel-job.jar", folder.toString())
                .ended(0)
                .output();
        return Path.of(made.strip());
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"4.0", "4.1", "4.2"})
    void theWheelAloneTrainsSavesAndLoads(String spark) throws Exception {
        Path wheel = wheel(dir);
        Path environment = PySpark.environment(spark);
        Program.run(
                        environment.resolve("bin/pip").toString(),
                        "install",
                        "-q",
                        "--no-deps",
                        "--force-reinstall",
                        wheel.toString())
                .ended(0);
        String python = environment.resolve("bin/python").toString();
        Path tests = Files.copy(Path.of("src/test/python/test_library.py"), dir.resolve("test_library.py"));
        Program.run(
                        // PySpark's own Spark, not the checkout's.
                        Map.of(
                                "SPARK_LOCAL_IP",
                                "127.0.0.1",
                                "SPARK_HOME",
                                PySpark.home(environment).toString()),
                        List.of(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", tests.toString()))
                .ended(0);
    }

    @Test
    void theSameInputsGiveTheSameBytes() throws Exception {
        assertArrayEquals(
                Files.readAllBytes(wheel(Files.createDirectory(dir.resolve("a")))),
                Files.readAllBytes(wheel(Files.createDirectory(dir.resolve("b")))));
    }
}
