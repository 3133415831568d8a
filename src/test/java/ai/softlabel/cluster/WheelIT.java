package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import ai.softlabel.Program;
import ai.softlabel.TestFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.launcher.JavaModuleOptions;
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

    /** PySpark of a version with the wheel. */
    private Path installed(String spark) throws IOException, InterruptedException {
        Path environment = PySpark.environment(spark);
        Program.run(
                        environment.resolve("bin/pip").toString(),
                        "install",
                        "-q",
                        "--no-deps",
                        "--force-reinstall",
                        wheel(dir).toString())
                .ended(0);
        return environment;
    }

    /** Python away from the checkout, with PySpark's own Spark. */
    private Program python(Path environment, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(environment.resolve("bin/python").toString());
        command.addAll(List.of(arguments));
        Path spark = PySpark.home(environment);
        return Program.run(Map.of("SPARK_LOCAL_IP", "127.0.0.1", "SPARK_HOME", spark.toString()), command);
    }

    private String script(String name) throws IOException {
        return Files.copy(Path.of("src/test/python", name), dir.resolve(name)).toString();
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"4.0", "4.1", "4.2", "4.3"})
    void theWheelAloneTrainsSavesAndLoads(String spark) throws Exception {
        python(installed(spark), "-m", "pytest", "-q", "-p", "no:cacheprovider", script("test_library.py"))
                .ended(0);
    }

    @Tag("long")
    @Test
    void aPipelineThatJavaTrainedOnThePetsAnswersInPythonToTheBit() throws Exception {
        TestFiles.shared("pets");
        Path pictures = dir.resolve("pictures");
        Path saved = dir.resolve("saved");
        Path java = dir.resolve("java.txt");
        Path python = dir.resolve("python.txt");
        List<String> train = new ArrayList<>();
        train.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        train.addAll(List.of(JavaModuleOptions.defaultModuleOptionArray()));
        train.addAll(List.of("-Xmx2g", "-cp", System.getProperty("java.class.path")));
        train.addAll(List.of("ai.softlabel.ml.SavedPipelineTest$Train", pictures.toString(), saved.toString()));
        train.add(java.toString());
        Program.run(Map.of(), train).ended(0);
        python(installed("4.1"), script("answer_saved.py"), saved.toString(), pictures.toString(), python.toString())
                .ended(0);
        assertFalse(Files.readAllLines(java).isEmpty());
        assertEquals(Files.readAllLines(java), Files.readAllLines(python));
    }

    @Test
    void theSameInputsGiveTheSameBytesAsTheBuilds() throws Exception {
        byte[] made = Files.readAllBytes(wheel(Files.createDirectory(dir.resolve("a"))));
        assertArrayEquals(made, Files.readAllBytes(wheel(Files.createDirectory(dir.resolve("b")))));
        assertArrayEquals(
                made, Files.readAllBytes(Path.of("target/softlabel-" + Distribution.version() + "-py3-none-any.whl")));
    }
}
