package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Program;
import ai.softlabel.spark.RealPrometheus;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Prometheus scrapes trainings on two executors as docs/watching.md says: what it has at the end is what the
 * report says, each query of the dashboard has an answer, and the alerts fire that need no five minutes.
 */
@Tag("cluster")
@Tag("long")
class PrometheusIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path dir;

    private final int ui = Program.freePort();

    /** The settings of the page, word for word, and the test's. */
    private Process train(String name, String... more) throws IOException {
        Matcher page = Pattern.compile("SOFTLABEL_SPARK_ARGS='(.*metrics.conf.*)' submit/softlabel train")
                .matcher(Files.readString(Path.of("docs/watching.md")));
        assertTrue(page.find());
        List<String> command = new ArrayList<>(List.of("submit/softlabel", "train", "--profile", "sample"));
        command.addAll(List.of("--replicas", "2", "--master", "local-cluster[2,1,2048]"));
        command.addAll(List.of("--out", dir.resolve(name).toString()));
        command.addAll(List.of(more));
        ProcessBuilder b = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve(name + ".log").toFile());
        b.environment()
                .put(
                        "SOFTLABEL_SPARK_ARGS",
                        page.group(1)
                                + " --conf spark.executor.memory=2g --conf spark.softlabel.metrics.linger=60s --conf spark.ui.port="
                                + ui);
        b.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        return b.start();
    }

    @Test
    void theFiguresArriveTheDashboardHasAnswersAndTheAlertsFire() throws Exception {
        try (RealPrometheus prometheus = RealPrometheus.start(dir, Path.of("conf/prometheus-rules.yml"), ui)) {
            Set<String> fired = new TreeSet<>();
            Map<String, JsonNode> answers = new TreeMap<>();
            Process training = train("run", "--epochs", "3");
            while (training.isAlive()) {
                for (String q : RealPrometheus.dashboard()) {
                    JsonNode answer = prometheus.query(q);
                    if (!answer.isEmpty() && Double.isFinite(value(answer))) {
                        answers.put(q, answer);
                    }
                }
                fired.addAll(prometheus.firing());
                Thread.sleep(300);
            }
            String log = Files.readString(dir.resolve("run.log"));
            assertEquals(0, training.exitValue(), log);
            assertEquals(Set.copyOf(RealPrometheus.dashboard()), answers.keySet(), log);
            assertEquals(
                    2, answers.get("softlabel_executor_resident_memory_bytes").size(), answers.toString());
            agrees(prometheus, JSON.readTree(dir.resolve("run/report.json").toFile()));
            // A network that begins with nothing is far from calibrated after its first epoch.
            assertTrue(value(prometheus.query("max_over_time(softlabel_test_ece_ratio[10m])")) > 0.1);
            assertEquals(Set.of("SoftlabelEceHigh"), fired);

            Process diverging = train("diverging", "--epochs", "1", "--lr", "1e30");
            while (diverging.isAlive()) {
                fired.addAll(prometheus.firing());
                Thread.sleep(300);
            }
            String end = Files.readString(dir.resolve("diverging.log"));
            assertNotEquals(0, diverging.exitValue(), end);
            assertTrue(fired.contains("SoftlabelLossNotFinite"), fired + end);
            assertEquals(diverging.exitValue(), last(prometheus, "softlabel_training_exit_status"), end);
        }
    }

    /** The last figures that were scraped are those of the report. */
    private static void agrees(RealPrometheus prometheus, JsonNode report) throws Exception {
        assertEquals(report.at("/test/error").asDouble(), last(prometheus, "softlabel_test_error_ratio"), 1e-9);
        assertEquals(report.at("/test/ece").asDouble(), last(prometheus, "softlabel_test_ece_ratio"), 1e-9);
        assertEquals(report.at("/training/final_loss").asDouble(), last(prometheus, "softlabel_loss"), 1e-9);
        assertEquals(0, last(prometheus, "softlabel_training_running"));
        assertEquals(0, last(prometheus, "softlabel_training_exit_status"));
    }

    /** The newest value, also where the training that gave it has ended. */
    private static double last(RealPrometheus prometheus, String name) throws Exception {
        JsonNode answer = prometheus.query("last_over_time(" + name + "[10m])");
        assertEquals(1, answer.size(), name + ": " + answer);
        return value(answer);
    }

    private static double value(JsonNode answer) {
        String text = answer.get(0).at("/value/1").asText();
        return text.endsWith("Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
    }
}
