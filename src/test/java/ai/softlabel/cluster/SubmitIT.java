package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Program;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged job through the launcher, as the README says it. */
@Tag("cluster")
class SubmitIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path dir;

    private Program train(String settings, String master, String out) throws IOException, InterruptedException {
        return Program.run(
                Map.of("SPARK_LOCAL_IP", "127.0.0.1", "SOFTLABEL_SPARK_ARGS", settings),
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
                        master,
                        "--out",
                        dir.resolve(out).toString()));
    }

    private JsonNode report(String out) throws IOException {
        return JSON.readTree(dir.resolve(out).resolve("report.json").toFile());
    }

    /** The driver on a worker: the weights of one machine, bit for bit. FaultsIT has the driver beside the cluster. */
    @Test
    void trainsInClusterMode() throws Exception {
        train("", "local[2]", "local").ended(0);
        assertEquals(0, report("local").get("status").asInt());
        // The driver takes a worker of its own.
        try (Standalone cluster = new Standalone(Files.createDirectory(dir.resolve("daemons")), 3, "4g")) {
            // The manager's answer comes before the job has ended.
            Program submitted = train(
                    "--properties-file conf/spark-standalone.conf --conf spark.executor.memory=2g --conf spark.cores.max=2"
                            + " --deploy-mode cluster --conf spark.driver.memory=2g --conf spark.driverEnv.SPARK_SCALA_VERSION=2.13",
                    cluster.master(),
                    "cluster");
            for (int i = 0; i < 240 && !Files.exists(dir.resolve("cluster/report.json")); i++) {
                Thread.sleep(500);
            }
            assertTrue(Files.exists(dir.resolve("cluster/report.json")), submitted.output() + cluster.logs());
            assertEquals(0, report("cluster").get("status").asInt());
            assertEquals(2, report("cluster").at("/spark/executors").asInt());
            assertArrayEquals(
                    Files.readAllBytes(dir.resolve("local/model.safetensors")),
                    Files.readAllBytes(dir.resolve("cluster/model.safetensors")));
        }
    }
}
