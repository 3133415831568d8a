package ai.softlabel.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PrometheusTextTest {
    private static final Path RULES = Path.of("conf/prometheus-rules.yml");

    @TempDir
    Path dir;

    private int steps;

    @BeforeEach
    void figures() {
        Meters.clear();
        Meters.set(Meters.Gauged.LOSS, Double.NaN);
        Meters.set(Meters.Gauged.TEST_ECE, 0.25);
        Meters.set(Meters.Gauged.EPOCH_TIME, 1.76e9);
        Meters.set(Meters.Gauged.LEARNING_RATE, Double.POSITIVE_INFINITY);
        Meters.told(new ExecutorTotals("test-1", "a \"b\" \\c", 40, 8.5, 1.25, 2, 1024, 300, 400));
    }

    @AfterEach
    void none() {
        Meters.clear();
    }

    @Test
    void hasNamesUnitsAndLabels() {
        Set<String> lines = PrometheusText.text().lines().collect(Collectors.toSet());
        String labels = "{executor=\"test-1\",host=\"a \\\"b\\\" \\\\c\"} ";
        for (String line : new String[] {
            "softlabel_loss NaN",
            "softlabel_learning_rate +Inf",
            "softlabel_test_ece_ratio 0.25",
            "# TYPE softlabel_test_ece_ratio gauge",
            "# TYPE softlabel_executor_wait_seconds_total counter",
            "# TYPE softlabel_executor_resident_memory_bytes gauge",
            "softlabel_executor_steps_total" + labels + "40.0",
            "softlabel_executor_step_seconds_total" + labels + "8.5",
            "softlabel_executor_wait_seconds_total" + labels + "1.25",
            "softlabel_executor_exchange_seconds_total" + labels + "2.0",
            "softlabel_executor_sent_bytes_total" + labels + "1024.0"
        }) {
            assertTrue(lines.contains(line), line + " in " + lines);
        }
        assertFalse(PrometheusText.text().contains("softlabel_epoch "), "what is not set is left out");
    }

    @Test
    void countsLossesThatAreNotFinite() {
        long before = Meters.nonFiniteLosses();
        Meters.nonFinite();
        assertTrue(PrometheusText.text().contains("softlabel_nonfinite_losses_total " + (before + 1) + "\n"));
    }

    @Test
    void theRulesAskForNamesThatAreThere() throws IOException {
        String text = PrometheusText.text();
        Set<String> asked = Pattern.compile("softlabel_[a-z_]+")
                .matcher(Files.readString(RULES))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toSet());
        assertEquals(6, asked.size(), asked.toString());
        asked.forEach(n -> assertTrue(text.contains("# TYPE " + n + " "), n));
    }

    @Test
    void promtoolFindsNoFault() throws Exception {
        Path text = Files.writeString(dir.resolve("metrics.txt"), PrometheusText.text());
        promtool(text.toFile(), "check", "metrics");
        Path rules = Files.copy(RULES, dir.resolve("prometheus-rules.yml"));
        promtool(null, "check", "rules", rules.toString());
        Path test = Files.copy(Path.of("src/test/resources/prometheus/rules-test.yml"), dir.resolve("rules-test.yml"));
        promtool(null, "test", "rules", test.toString());
    }

    /**
     * A real Prometheus scrapes the text: the dashboard's queries have answers, and the alerts fire that need no five
     * minutes.
     */
    @Test
    void aRealPrometheusAnswersTheDashboardAndAlerts() throws Exception {
        HttpServer driver = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        driver.createContext("/metrics/prometheus/", exchange -> {
            // Counters that stand still have no rate.
            Meters.told(
                    new ExecutorTotals("test-1", "a", ++steps, steps / 2.0, steps / 8.0, steps / 8.0, steps, 300, 400));
            byte[] text = PrometheusText.text().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "text/plain; version=0.0.4");
            exchange.sendResponseHeaders(200, text.length);
            exchange.getResponseBody().write(text);
            exchange.close();
        });
        for (Meters.Gauged g : Meters.Gauged.values()) {
            if (g != Meters.Gauged.LOSS) {
                Meters.set(g, 0.5);
            }
        }
        driver.start();
        try (RealPrometheus prometheus =
                RealPrometheus.start(dir, RULES, driver.getAddress().getPort())) {
            Set<String> unanswered = new TreeSet<>(RealPrometheus.dashboard());
            Set<String> alerts = new TreeSet<>(Set.of("SoftlabelEceHigh", "SoftlabelLossNotFinite"));
            long end = System.nanoTime() + 180_000_000_000L;
            while (!(unanswered.isEmpty() && alerts.isEmpty()) && System.nanoTime() < end) {
                for (String q : RealPrometheus.dashboard()) {
                    if (!prometheus.query(q).isEmpty()) {
                        unanswered.remove(q);
                    }
                }
                alerts.removeAll(prometheus.firing());
                Thread.sleep(200);
            }
            assertEquals(Set.of(), unanswered, "queries of the dashboard without an answer");
            assertEquals(Set.of(), alerts, "alerts that do not fire");
            assertEquals(
                    "NaN",
                    prometheus.query("softlabel_loss").get(0).at("/value/1").asText());
        } finally {
            driver.stop(0);
        }
    }

    private void promtool(File in, String... arguments) throws Exception {
        String[] command = new String[arguments.length + 1];
        command[0] = "promtool";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        File out = dir.resolve("out").toFile();
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out);
        if (in != null) {
            builder.redirectInput(in);
        }
        Process process = null;
        try {
            process = builder.start();
        } catch (IOException e) {
            assumeTrue(false, "promtool is not installed: " + e.getMessage());
        }
        int status = process.waitFor();
        assertEquals(0, status, Files.readString(out.toPath(), StandardCharsets.UTF_8));
    }
}
