package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
        List<String> decommission = Files.readAllLines(Path.of("conf/spark-kubernetes.conf")).stream()
                .filter(l -> l.contains("decommission.") && !l.startsWith("#"))
                .toList();
        assertEquals(4, decommission.size(), decommission.toString());
        return "--properties-file conf/spark-standalone.conf --conf spark.executor.memory=2g --conf "
                + String.join(" --conf ", decommission);
    }

    /** How many executors the workers have started: a folder each. */
    private static long started(Path daemons) throws IOException {
        try (Stream<Path> all = Files.walk(daemons, 3)) {
            return all.filter(p -> p.getParent().getFileName().toString().startsWith("app-") && Files.isDirectory(p))
                    .count();
        }
    }

    @Test
    void anotherExecutorComesAndTheWeightsAreTheSame() throws Exception {
        Program.run(Map.of("SPARK_LOCAL_IP", "127.0.0.1"), train("local[2]", "undisturbed"))
                .ended(0);
        Path log = dir.resolve("driver.log");
        Path daemons = Files.createDirectory(dir.resolve("daemons"));
        try (Standalone cluster = new Standalone(daemons, 2, "4g")) {
            ProcessBuilder b = new ProcessBuilder(train(cluster.master(), "disturbed"))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            b.environment().putAll(Map.of("SPARK_LOCAL_IP", "127.0.0.1", "SOFTLABEL_SPARK_ARGS", settings()));
            Process driver = b.start();
            try {
                Path epochs = dir.resolve("disturbed/epochs.jsonl");
                while (driver.isAlive() && !(Files.exists(epochs) && Files.size(epochs) > 0)) {
                    Thread.sleep(100);
                }
                List<ProcessHandle> executors = cluster.executors();
                assertTrue(driver.isAlive() && executors.size() == 2, Files.readString(log) + cluster.logs());
                // Spark's signal for it; on Kubernetes the image's script sends it before the pod ends.
                Program.run("kill", "-PWR", String.valueOf(executors.get(0).pid()))
                        .ended(0);
                assertTrue(driver.waitFor(10, TimeUnit.MINUTES), () -> "it hangs: " + executors);
                assertEquals(0, driver.exitValue(), Files.readString(log) + cluster.logs());
                assertFalse(executors.get(0).isAlive(), cluster.logs());
            } finally {
                driver.descendants().forEach(ProcessHandle::destroyForcibly);
                driver.destroyForcibly();
            }
            assertTrue(cluster.logs().contains("Decommission executor "), cluster.logs());
            assertTrue(started(daemons) >= 3, cluster.logs());
        }
        assertEquals(
                3, Files.readAllLines(dir.resolve("disturbed/epochs.jsonl")).size());
        assertArrayEquals(
                Files.readAllBytes(dir.resolve("undisturbed/model.safetensors")),
                Files.readAllBytes(dir.resolve("disturbed/model.safetensors")));
    }
}
