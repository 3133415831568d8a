package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged job through the launcher, as the README says it. */
class SubmitIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.ALWAYS).build();

    @TempDir
    Path dir;

    private String output;

    private int submit(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("submit/softlabel"));
        command.addAll(List.of(arguments));
        ProcessBuilder b = new ProcessBuilder(command).redirectErrorStream(true);
        b.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        b.environment().putAll(environment);
        Process p = b.start();
        output = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return p.waitFor();
    }

    private String[] train(String master, String out) {
        return new String[] {
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
            dir.resolve(out).toString()
        };
    }

    private JsonNode report(String out) throws IOException {
        return JSON.readTree(dir.resolve(out).resolve("report.json").toFile());
    }

    /** One machine, two workers in client mode, two workers in cluster mode: the same weights, bit for bit. */
    @Test
    void trainsLocallyAndOnAStandaloneClusterInBothModes() throws Exception {
        assertEquals(0, submit(Map.of(), train("local[2]", "local")), () -> output);
        assertEquals(0, report("local").get("status").asInt());

        Path log = Files.createDirectory(dir.resolve("events"));
        Path daemons = Files.createDirectory(dir.resolve("daemons"));
        try (Standalone cluster = new Standalone(daemons, 2, "4g")) {
            String settings = "--properties-file conf/spark-standalone.conf --conf spark.executor.memory=2g"
                    + " --conf spark.eventLog.enabled=true --conf spark.eventLog.dir=" + log.toUri();
            assertEquals(
                    0,
                    submit(Map.of("SOFTLABEL_SPARK_ARGS", settings), train(cluster.master(), "client")),
                    () -> output);
            assertEquals(2, report("client").at("/spark/executors").asInt(), output);
            sameWeights("client");
        }
        historyServerShows(log);
        try (Standalone cluster = new Standalone(Files.createDirectory(dir.resolve("more")), 3, "4g")) {
            // The driver takes a worker of its own; the manager's answer comes before the job has ended.
            String settings = "--properties-file conf/spark-standalone.conf --conf spark.executor.memory=2g"
                    + " --deploy-mode cluster --conf spark.driver.memory=2g"
                    + " --conf spark.driverEnv.SPARK_SCALA_VERSION=2.13";
            submit(Map.of("SOFTLABEL_SPARK_ARGS", settings), train(cluster.master(), "cluster"));
            for (int i = 0; i < 240 && !Files.exists(dir.resolve("cluster/report.json")); i++) {
                Thread.sleep(500);
            }
            assertTrue(Files.exists(dir.resolve("cluster/report.json")), output + cluster.logs());
            assertEquals(0, report("cluster").get("status").asInt());
            sameWeights("cluster");
        }
    }

    private void sameWeights(String out) throws IOException {
        assertArrayEquals(
                Files.readAllBytes(dir.resolve("local/model.safetensors")),
                Files.readAllBytes(dir.resolve(out).resolve("model.safetensors")));
    }

    private void historyServerShows(Path log) throws Exception {
        String application;
        try (Stream<Path> files = Files.list(log)) {
            application = files.map(f -> f.getFileName().toString().replaceFirst("^eventlog_v2_", ""))
                    .findFirst()
                    .orElseThrow();
        }
        int port = Standalone.freePort();
        Process server = Standalone.daemon(
                dir.resolve("history.log"),
                List.of("-Dspark.history.fs.logDirectory=" + log.toUri(), "-Dspark.history.ui.port=" + port),
                "org.apache.spark.deploy.history.HistoryServer");
        try {
            Standalone.await(port);
            URI page = URI.create("http://127.0.0.1:" + port + "/history/" + application + "/training/");
            String html = "";
            for (int i = 0; i < 60 && !html.contains("softlabel-training"); i++) {
                Thread.sleep(500);
                html = HTTP.send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString())
                        .body();
            }
            assertTrue(html.contains("Done: 1 epochs.") && html.contains("Executors in the last epoch"), html);
        } finally {
            server.destroy();
            server.waitFor();
        }
    }
}
