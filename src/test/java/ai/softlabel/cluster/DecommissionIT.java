package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An executor that is told to go, as Kubernetes tells a pod, with the settings of conf/spark-kubernetes.conf for it.
 */
@Tag("long")
@Tag("cluster")
class DecommissionIT {
    @TempDir
    Path dir;

    private List<String> train(String master, String out) {
        return List.of(
                "submit/softlabel",
                "train",
                "--profile",
                "sample",
                "--epochs",
                "3",
                "--replicas",
                "2",
                "--master",
                master,
                "--out",
                dir.resolve(out).toString());
    }

    private static String settings() throws IOException {
        StringBuilder all =
                new StringBuilder("--properties-file conf/spark-standalone.conf --conf spark.executor.memory=2g");
        for (String line : Files.readAllLines(Path.of("conf/spark-kubernetes.conf"))) {
            if (line.contains("decommission.") && !line.startsWith("#")) {
                all.append(" --conf ").append(line);
            }
        }
        return all.toString();
    }

    @Test
    void theEpochIsRepeatedAndTheWeightsAreTheSame() throws Exception {
        Program.run(Map.of("SPARK_LOCAL_IP", "127.0.0.1"), train("local[2]", "undisturbed"))
                .ended(0);
        Path log = dir.resolve("driver.log");
        try (Standalone cluster = new Standalone(Files.createDirectory(dir.resolve("daemons")), 2, "4g")) {
            ProcessBuilder b = new ProcessBuilder(train(cluster.master(), "disturbed"))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            b.environment().putAll(Map.of("SPARK_LOCAL_IP", "127.0.0.1", "SOFTLABEL_SPARK_ARGS", settings()));
            Process driver = b.start();
            Path epochs = dir.resolve("disturbed/epochs.jsonl");
            while (driver.isAlive() && !(Files.exists(epochs) && Files.size(epochs) > 0)) {
                Thread.sleep(100);
            }
            ProcessHandle executor = cluster.executors().get(0);
            // Spark's signal for it; on Kubernetes the image's script sends it before the pod ends.
            Program.run("kill", "-PWR", String.valueOf(executor.pid())).ended(0);
            executor.onExit().get(60, TimeUnit.SECONDS);
            assertTrue(driver.waitFor(10, TimeUnit.MINUTES), "it hangs");
            assertEquals(0, driver.exitValue(), Files.readString(log) + cluster.logs());
            assertTrue(cluster.logs().contains("Decommission"), cluster.logs());
        }
        assertArrayEquals(
                Files.readAllBytes(dir.resolve("undisturbed/model.safetensors")),
                Files.readAllBytes(dir.resolve("disturbed/model.safetensors")));
    }
}
