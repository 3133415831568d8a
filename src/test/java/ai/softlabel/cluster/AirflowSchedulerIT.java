package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Program;
import ai.softlabel.TestFiles;
import ai.softlabel.data.SampleFiles;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole Airflow, with scheduler and triggerer, on a real standalone master. */
@Tag("cluster")
@Tag("long")
class AirflowSchedulerIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path dir;

    private Path home;
    private Path daemons;

    @BeforeEach
    void prepare() throws IOException {
        SampleFiles.pets(dir.resolve("pets"), 4, 20, 8);
        home = Files.createDirectory(dir.resolve("airflow"));
        daemons = Files.createDirectory(dir.resolve("daemons"));
    }

    private Airflow airflow(Standalone cluster, Map<String, Object> extra) throws Exception {
        return new Airflow(home, Airflow.softlabel(dir.resolve("softlabel"), 1), cluster.master(), extra);
    }

    /** Two runs whose ids differ in a colon publish two models, and the asset gets an event for each. */
    @Test
    void theSchedulerBringsTwoRunsToTheirEnd() throws Exception {
        try (Standalone cluster = new Standalone(daemons, 2, "3g");
                AirflowServer server = new AirflowServer(
                        airflow(cluster, Map.of()), home, Path.of("submit/airflow"), "softlabel_pets")) {
            for (String id : new String[] {"one:1", "one_1"}) {
                server.trigger(id, Airflow.params(dir, 1));
                server.await(id, "success");
                JsonNode current =
                        JSON.readTree(dir.resolve("models/current.json").toFile());
                assertEquals(id, current.get("run_id").asText());
                String model = current.get("model").asText().replaceFirst("^file://", "");
                assertTrue(Files.exists(Path.of(model, "model.safetensors")), model);
                assertTrue(server.base("select extra from asset_event").contains('"' + id + '"'), server.logs());
            }
            assertEquals("2", server.base("select count(*) from asset_event"));
            assertEquals(2, TestFiles.list(dir.resolve("runs")).size());
            // With current.json.
            assertEquals(3, TestFiles.list(dir.resolve("models")).size());
        }
    }

    /** The driver is on a worker; the task waits in the triggerer, ends as the driver does, or ends it when stopped. */
    @Test
    void aDeferredTaskEndsAsItsDriverDoes() throws Exception {
        int rest = Program.freePort();
        try (Standalone cluster = Standalone.withRest(daemons, 2, "3g", rest);
                AirflowServer server = new AirflowServer(
                        airflow(cluster, Map.of("rest-port", rest)),
                        home,
                        Path.of("src/test/python/dags"),
                        "softlabel_deferred")) {
            server.trigger("well", params("pets", "well", 1));
            Set<String> seen = server.await("well", "success");
            assertTrue(seen.contains("deferred"), seen.toString());
            JsonNode report = JSON.readTree(dir.resolve("well/report.json").toFile());
            assertEquals(0, report.get("status").asInt());
            assertEquals("FINISHED", state(rest, newestDriver()));

            server.trigger("badly", params("no-pets", "badly", 1));
            server.await("badly", "failed");
            assertEquals("FAILED", state(rest, newestDriver()));
            assertTrue(server.logs().contains(newestDriver() + " to end well, found FAILED"), server.logs());

            server.trigger("stopped", params("pets", "stopped", 10_000));
            Path epochs = dir.resolve("stopped/epochs.jsonl");
            for (int i = 0; i < 300 && !(Files.exists(epochs) && Files.size(epochs) > 0); i++) {
                Thread.sleep(1000);
            }
            assertEquals("deferred", server.tasks("stopped"), server.logs());
            assertEquals("RUNNING", state(rest, newestDriver()));
            server.fail("stopped");
            for (int i = 0; i < 120 && state(rest, newestDriver()).equals("RUNNING"); i++) {
                Thread.sleep(1000);
            }
            assertEquals("KILLED", state(rest, newestDriver()), server.logs());
        }
    }

    private Map<String, Object> params(String data, String out, int epochs) {
        return Map.of(
                "data", dir.resolve(data).toString(), "out", dir.resolve(out).toString(), "epochs", epochs);
    }

    /** What the master says of a driver. */
    private static String state(int rest, String driver) throws IOException {
        URI status = URI.create("http://127.0.0.1:" + rest + "/v1/submissions/status/" + driver);
        try (InputStream answer = status.toURL().openStream()) {
            return JSON.readTree(answer).path("driverState").asText();
        }
    }

    /** The last one that a worker has started: its folder. */
    private String newestDriver() throws IOException {
        TreeSet<String> drivers = new TreeSet<>();
        try (Stream<Path> all = Files.walk(daemons, 2)) {
            all.map(p -> p.getFileName().toString())
                    .filter(n -> n.startsWith("driver-"))
                    .forEach(drivers::add);
        }
        return drivers.last();
    }
}
