package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Program;
import ai.softlabel.PythonEnvironment;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sinks, into a real MLflow server and for TensorBoard's own reader. */
@Tag("cluster")
@Tag("long")
class SinksIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path dir;

    private String train(String out, String settings) throws IOException, InterruptedException {
        return Program.run(
                        Map.of("SPARK_LOCAL_IP", "127.0.0.1", "SOFTLABEL_SPARK_ARGS", settings),
                        List.of(
                                "submit/softlabel",
                                "train",
                                "--profile",
                                "sample",
                                "--epochs",
                                "2",
                                "--master",
                                "local[2]",
                                "--out",
                                dir.resolve(out).toString()))
                .ended(0)
                .output();
    }

    private static JsonNode post(String url, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return JSON.readTree(HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body());
    }

    private static JsonNode get(String url) throws IOException, InterruptedException {
        return JSON.readTree(HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                .body());
    }

    private List<JsonNode> epochs(String out) throws IOException {
        try (Stream<String> lines = Files.lines(dir.resolve(out).resolve("epochs.jsonl"))) {
            return lines.map(l -> {
                        try {
                            return JSON.readTree(l);
                        } catch (IOException e) {
                            throw new IllegalStateException(e);
                        }
                    })
                    .toList();
        }
    }

    @Test
    void aTrainingIsSeenInMlflowAndTensorBoard() throws Exception {
        Path python = PythonEnvironment.of("sinks", Path.of("src/test/python/requirements-sinks.txt"))
                .resolve("bin");
        int port = Program.freePort();
        Process server = new ProcessBuilder(
                        python.resolve("mlflow").toString(),
                        "server",
                        "--host",
                        "127.0.0.1",
                        "--port",
                        String.valueOf(port),
                        "--workers",
                        "1",
                        "--backend-store-uri",
                        "sqlite:///" + dir.resolve("mlflow.db"),
                        "--artifacts-destination",
                        dir.resolve("artifacts").toString())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("mlflow.log").toFile())
                .start();
        try {
            Standalone.await(port);
            Path board = dir.resolve("board");
            String settings = "--jars target/softlabel-sinks.jar --properties-file conf/spark-sinks.conf"
                    + " --conf spark.softlabel.tensorboard=" + board
                    + " --conf spark.softlabel.mlflow=http://127.0.0.1:"
                    + port;
            train("run", settings);
            mlflow("http://127.0.0.1:" + port + "/api/2.0/mlflow/");
            tensorBoard(python, board);
        } finally {
            server.descendants().forEach(ProcessHandle::destroyForcibly);
            server.destroyForcibly();
            server.waitFor();
        }
        // The server is gone: the sink says so, and training goes on.
        String without = "--jars target/softlabel-sinks.jar --conf spark.extraListeners=ai.softlabel.sink.MlflowSink"
                + " --conf spark.softlabel.mlflow=http://127.0.0.1:" + port;
        String output = train("without", without);
        assertTrue(output.contains("MlflowSink stops after an error, training continues"), output);
        // Off, there is nothing of them.
        try (var jar = new java.util.zip.ZipFile("target/softlabel-job.jar")) {
            assertTrue(jar.stream().noneMatch(e -> e.getName().startsWith("ai/softlabel/sink/")));
        }
    }

    private void mlflow(String api) throws IOException, InterruptedException {
        JsonNode experiment = get(api + "experiments/get-by-name?experiment_name=softlabel");
        String id = experiment.at("/experiment/experiment_id").asText();
        JsonNode runs = post(api + "runs/search", "{\"experiment_ids\": [\"" + id + "\"]}")
                .get("runs");
        assertEquals(1, runs.size(), runs.toString());
        assertEquals("FINISHED", runs.at("/0/info/status").asText());
        String run = runs.at("/0/info/run_id").asText();
        assertTrue(runs.at("/0/data/params").toString().contains("\"batch_size\""), runs.toString());
        JsonNode errors = get(api + "metrics/get-history?run_id=" + run + "&metric_key=test/error")
                .get("metrics");
        List<JsonNode> epochs = epochs("run");
        assertEquals(epochs.size(), errors.size());
        for (int i = 0; i < epochs.size(); i++) {
            assertEquals(
                    epochs.get(i).at("/test/error").asDouble(),
                    errors.get(i).get("value").asDouble());
        }
    }

    private void tensorBoard(Path python, Path board) throws IOException, InterruptedException {
        Process p = new ProcessBuilder(
                        python.resolve("python").toString(), "src/test/python/read_events.py", board.toString())
                .redirectError(dir.resolve("reader.log").toFile())
                .start();
        // To the end, past the object: a reader that closes early ends the program with an error.
        JsonNode read = JSON.readTree(p.getInputStream().readAllBytes());
        assertEquals(0, p.waitFor(), () -> read + "");
        List<JsonNode> epochs = epochs("run");
        JsonNode ece = read.get("test/ece");
        long steps = 0;
        for (int i = 0; i < epochs.size(); i++) {
            steps += epochs.get(i).get("steps").asLong();
            assertEquals(steps, ece.get(i).get(0).asLong());
            assertEquals((float) epochs.get(i).at("/test/ece").asDouble(), (float)
                    ece.get(i).get(1).asDouble());
        }
        assertTrue(read.get("train/loss").size() > 0, read.toString());
    }
}
