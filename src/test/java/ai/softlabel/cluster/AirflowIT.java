package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.data.SampleFiles;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The DAG in a real Airflow, against a real standalone master. */
@Tag("cluster")
class AirflowIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path dir;

    private Airflow airflow;

    /** A folder that stands for Softlabel's, with a recipe and Spark's settings for a test. */
    private Path home() throws IOException {
        Path home = dir.resolve("softlabel");
        Files.createDirectories(home.resolve("conf"));
        Files.createSymbolicLink(home.resolve("target"), Path.of("target").toAbsolutePath());
        Files.writeString(
                home.resolve("conf/tiny.conf"),
                Files.readString(Path.of("conf/sample.conf")) + "batch-size = 16\nepochs = 4\nvalidation = 0.2\n");
        Files.writeString(
                home.resolve("conf/spark-test.conf"),
                Files.readString(Path.of("conf/spark-standalone.conf")).replace("memory=4g", "memory=2g"));
        return home;
    }

    private Map<String, Object> params(String name) {
        Map<String, Object> params = new HashMap<>(Map.of(
                "data",
                dir.resolve("pets").toString(),
                "out",
                dir.resolve(name).toString(),
                "publish",
                dir.resolve(name + "-models").toString(),
                "profile",
                "tiny",
                "spark",
                "spark-test",
                "driver_memory",
                "2g",
                "max_error",
                1.0,
                "max_ece",
                1.0));
        return params;
    }

    private String end(Process run, String name) throws IOException, InterruptedException {
        run.waitFor();
        return Files.readString(dir.resolve(name + ".log"));
    }

    private Path run(String name) throws IOException {
        try (Stream<Path> runs = Files.list(dir.resolve(name))) {
            return runs.findFirst().orElseThrow();
        }
    }

    private static byte[] weights(Path run) throws IOException {
        return Files.readAllBytes(run.resolve("run/model.safetensors"));
    }

    @Test
    void theDagTrainsGatesAndPublishes() throws Exception {
        try (Standalone cluster = new Standalone(Files.createDirectory(dir.resolve("daemons")), 2, "3g")) {
            airflow = new Airflow(Files.createDirectory(dir.resolve("airflow")), home(), cluster.master());
            airflow.checkIntegrity();
            SampleFiles.pets(dir.resolve("pets"), 4, 20, 8);

            Map<String, Object> strict = params("gated");
            strict.put("max_error", 0.0);
            String log = end(airflow.start(strict, dir.resolve("gated.log")), "gated");
            assertTrue(
                    log.contains("expected error of at most 0.0000, found 0.") && log.contains("nothing is published"),
                    log);
            assertFalse(Files.exists(dir.resolve("gated-models")), log);
            assertEquals(
                    2,
                    Files.list(run("gated").resolve("run/checkpoints"))
                            .filter(f -> f.toString().endsWith(".json"))
                            .count());

            Process killed = airflow.start(params("killed"), dir.resolve("killed.log"));
            String first = killDriver(killed);
            log = end(killed, "killed");
            assertTrue(first.contains("--resume") && log.matches("(?s).*going on after epoch [1-3]\\b.*"), log);
            // The run that was not disturbed, though its model was not good enough, says what the weights should be.
            assertArrayEquals(weights(run("gated")), weights(run("killed")), log);
            assertTrue(Files.exists(dir.resolve("killed-models/current.json")), log + cluster.logs());
            JsonNode current =
                    JSON.readTree(dir.resolve("killed-models/current.json").toFile());
            Path published = Path.of(current.get("model").asText().replaceFirst("^file://", ""));
            assertArrayEquals(weights(run("killed")), Files.readAllBytes(published.resolve("model.safetensors")), log);
            assertEquals(
                    JSON.readTree(run("killed").resolve("evaluated/report.json").toFile())
                            .at("/test/error"),
                    current.get("error"));
        }
    }

    /** Waits for the first checkpoint, kills the driver, and gives its command line. */
    private String killDriver(Process airflowRun) throws IOException, InterruptedException {
        while (airflowRun.isAlive()) {
            List<ProcessHandle> drivers = airflowRun
                    .descendants()
                    .filter(p -> p.info().commandLine().orElse("").contains("SparkSubmit")
                            && p.info().commandLine().orElse("").contains(" train "))
                    .toList();
            if (!drivers.isEmpty() && Files.exists(dir.resolve("killed"))) {
                Path checkpoint = run("killed").resolve("run/checkpoints/epoch-0001.json");
                if (Files.exists(checkpoint)) {
                    String line = drivers.get(0).info().commandLine().orElseThrow();
                    drivers.get(0).destroyForcibly();
                    return line;
                }
            }
            Thread.sleep(50);
        }
        throw new AssertionError(
                "the run ended before its driver could be killed\n" + Files.readString(dir.resolve("killed.log")));
    }
}
