package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Program;
import ai.softlabel.TestClasses;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The job, the stages and the Training tab, built against one version of Spark, on each version that the launcher and
 * the wheel accept. With {@code -Dsoftlabel.java=FOLDER} on another Java.
 */
@Tag("long")
@Tag("cluster")
class SparksIT {
    private static final String JAVA = System.getProperty("softlabel.java", System.getProperty("java.home"));

    /** Short jobs, Spark's internals, the stages, the tab. */
    private static final List<String> TESTS = List.of(
            "ai.softlabel.command.JobTest",
            "ai.softlabel.spark.TransportTest",
            "ai.softlabel.spark.BarrierStageTest",
            "ai.softlabel.spark.BroadcastsTest",
            "ai.softlabel.spark.DealingTest",
            "ai.softlabel.ml.StagesFuzzTest",
            "ai.softlabel.ml.ImageClassifierTest",
            "ai.softlabel.ml.ProbabilityCalibratorTest",
            "ai.softlabel.command.TrainingTabTest");

    @TempDir
    Path dir;

    /** A short training by the launcher; its weights. */
    private Path train(Path spark, String version) throws IOException, InterruptedException {
        Path out = Files.createTempDirectory(dir, "train").resolve("run");
        Program.run(
                        Map.of("SPARK_LOCAL_IP", "127.0.0.1", "SPARK_HOME", spark.toString(), "JAVA_HOME", JAVA),
                        List.of(
                                "submit/softlabel",
                                "train",
                                "--profile",
                                "sample",
                                "--epochs",
                                "1",
                                "--replicas",
                                "2",
                                "--master",
                                "local[2]",
                                "--out",
                                out.toString()))
                .ended(0);
        JsonNode report = new ObjectMapper().readTree(out.resolve("report.json").toFile());
        assertEquals(0, report.get("status").asInt());
        assertTrue(
                report.at("/spark/version").asText().startsWith(version + "."),
                report.get("spark").toString());
        return out.resolve("model.safetensors");
    }

    @ParameterizedTest
    @ValueSource(strings = {"4.0", "4.1", "4.2", "4.3"})
    void theJobTheStagesAndTheTabRun(String version) throws Exception {
        Path spark = PySpark.home(PySpark.environment(version));
        assertEquals(
                -1, Files.mismatch(train(spark, version), train(Path.of(System.getenv("SPARK_HOME")), "4.1")), version);
        List<String> command = new ArrayList<>(List.of(JAVA + "/bin/java"));
        command.addAll(Arrays.asList(JavaModuleOptions.defaultModuleOptionArray()));
        command.addAll(List.of(
                "-Xmx3g",
                "-Dlog4j2.configurationFile="
                        + Path.of("conf/log4j2.properties").toAbsolutePath(),
                "-cp",
                classPath(spark),
                TestClasses.class.getName()));
        command.addAll(TESTS);
        Program.run(Map.of("SPARK_HOME", spark.toString(), "SPARK_SCALA_VERSION", "2.13"), command)
                .ended(0);
    }

    /** Classes and tests of this build, that Spark's jars, and what else this JVM has that is not in them. */
    private static String classPath(Path spark) throws IOException {
        Set<String> there;
        try (Stream<Path> jars = Files.list(spark.resolve("jars"))) {
            there = jars.map(SparksIT::artifact).collect(Collectors.toSet());
        }
        Stream<String> own = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(p -> {
                    String name = artifact(Path.of(p));
                    return !p.endsWith(".jar")
                            || !(there.contains(name) || name.startsWith("spark-") || name.startsWith("hadoop-"));
                });
        return Stream.concat(own, Stream.of(spark.resolve("jars") + "/*"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String artifact(Path jar) {
        return jar.getFileName().toString().replaceFirst("-[0-9].*", "");
    }
}
