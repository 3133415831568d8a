package ai.softlabel.spark;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.softlabel.Program;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The program prometheus, which scrapes one driver's UI every second. */
public final class RealPrometheus implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final Process process;
    private final int port;

    private RealPrometheus(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts it; the test is skipped with a message where it is not installed.
     *
     * @param dir for its settings, its data and its log
     * @param rules the alerts
     * @param driver the port of the UI that it scrapes
     */
    public static RealPrometheus start(Path dir, Path rules, int driver) throws IOException {
        Path config = Files.writeString(dir.resolve("prometheus.yml"), """
                global: {scrape_interval: 1s, evaluation_interval: 1s}
                rule_files: ["%s"]
                scrape_configs:
                  - job_name: softlabel
                    metrics_path: /metrics/prometheus/
                    static_configs: [{targets: ["127.0.0.1:%d"]}]
                """.formatted(rules.toAbsolutePath(), driver));
        int port = Program.freePort();
        Process process = null;
        try {
            process = new ProcessBuilder(
                            "prometheus",
                            "--config.file=" + config,
                            "--storage.tsdb.path=" + dir.resolve("prometheus"),
                            "--web.listen-address=127.0.0.1:" + port)
                    .redirectErrorStream(true)
                    .redirectOutput(dir.resolve("prometheus.log").toFile())
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "skipped: it needs prometheus, as Debian's package has it: " + e.getMessage());
        }
        return new RealPrometheus(process, port);
    }

    private JsonNode ask(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/" + path))
                .build();
        try {
            HttpResponse<String> answer = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200 ? JSON.readTree(answer.body()).path("data") : JSON.createObjectNode();
        } catch (IOException e) {
            // It is still starting.
            return JSON.createObjectNode();
        }
    }

    /** The series that a query gives now. */
    public JsonNode query(String expression) throws IOException, InterruptedException {
        return ask("query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
                .path("result");
    }

    /** The alerts that fire now, by their names. */
    public Set<String> firing() throws IOException, InterruptedException {
        Set<String> names = new TreeSet<>();
        for (JsonNode alert : ask("alerts").path("alerts")) {
            if (alert.get("state").asText().equals("firing")) {
                names.add(alert.at("/labels/alertname").asText());
            }
        }
        return names;
    }

    /** What the dashboard asks. */
    public static List<String> dashboard() throws IOException {
        List<String> queries = new ArrayList<>();
        for (JsonNode panel :
                JSON.readTree(Path.of("conf/grafana-dashboard.json").toFile()).get("panels")) {
            panel.get("targets").forEach(t -> queries.add(t.get("expr").asText()));
        }
        return queries;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }
}
