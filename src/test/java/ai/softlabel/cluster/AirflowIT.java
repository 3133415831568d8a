package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.TestFiles;
import ai.softlabel.data.SampleFiles;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The DAG in a real Airflow, against a real standalone master, where things go wrong; {@link WalkthroughIT} has a run
 * that publishes.
 */
@Tag("cluster")
class AirflowIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path dir;

    private Path run() throws IOException {
        try (Stream<Path> runs = Files.list(dir.resolve("runs"))) {
            return runs.findFirst().orElseThrow();
        }
    }

    /** The first try's driver is killed, the second goes on, and the gate stops what is not good enough. */
    @Test
    void aKilledTryIsGoneOnFromAndABadModelIsNotPublished() throws Exception {
        try (Standalone cluster = new Standalone(Files.createDirectory(dir.resolve("daemons")), 2, "3g")) {
            Path softlabel = Airflow.softlabel(dir.resolve("softlabel"), 4);
            Airflow airflow =
                    new Airflow(Files.createDirectory(dir.resolve("airflow")), softlabel, cluster.master(), Map.of());
            airflow.checkIntegrity();
            SampleFiles.pets(dir.resolve("pets"), 4, 20, 8);

            Process killed = airflow.start(Airflow.params(dir, 0), dir.resolve("run.log"));
            String first = killDriver(killed);
            killed.waitFor();
            String log = Files.readString(dir.resolve("run.log"));
            assertTrue(first.contains("--resume") && log.matches("(?s).*resuming after epoch [1-3]\\b.*"), log);
            JsonNode report = JSON.readTree(run().resolve("run/report.json").toFile());
            assertEquals(4, report.at("/training/epochs").asInt(), log + cluster.logs());
            assertEquals(
                    2,
                    TestFiles.list(run().resolve("run/checkpoints")).stream()
                            .filter(f -> f.toString().endsWith(".json"))
                            .count());
            JsonNode evaluated =
                    JSON.readTree(run().resolve("evaluated/report.json").toFile());
            // As Python rounds it.
            BigDecimal error =
                    new BigDecimal(evaluated.at("/test/error").asDouble()).setScale(4, RoundingMode.HALF_EVEN);
            String figure = "expected error of at most 0.0000, found " + error + " on 32 pictures";
            assertTrue(log.contains(figure) && log.contains("nothing is published"), log);
            assertFalse(Files.exists(dir.resolve("models")), log);
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
            if (!drivers.isEmpty() && Files.exists(dir.resolve("runs"))) {
                Path checkpoint = run().resolve("run/checkpoints/epoch-0001.json");
                if (Files.exists(checkpoint)) {
                    String line = drivers.get(0).info().commandLine().orElseThrow();
                    drivers.get(0).destroyForcibly();
                    return line;
                }
            }
            Thread.sleep(50);
        }
        throw new AssertionError(
                "the run ended before its driver could be killed\n" + Files.readString(dir.resolve("run.log")));
    }
}
