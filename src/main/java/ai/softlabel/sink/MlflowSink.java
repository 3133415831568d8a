package ai.softlabel.sink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.apache.spark.SparkConf;

/**
 * Logs a training as a run of an MLflow server, {@code spark.softlabel.mlflow}, in the experiment
 * {@code spark.softlabel.mlflow.experiment} ("softlabel"), over MLflow's REST API 2.0 with the JDK's own client. A
 * token in {@code MLFLOW_TRACKING_TOKEN} is sent with each request.
 */
public final class MlflowSink extends Sink {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int NOT_FOUND = 404;

    private final String server;
    private final String experiment;
    private HttpClient http;
    private String run;

    /** The constructor that Spark calls. */
    public MlflowSink(SparkConf conf) {
        server = setting(conf, "spark.softlabel.mlflow").replaceFirst("/+$", "");
        experiment = conf.get("spark.softlabel.mlflow.experiment", "softlabel");
    }

    @Override
    void start(long time, JsonNode settings) throws IOException, InterruptedException {
        if (server.isEmpty()) {
            throw new IOException("expected an MLflow server in spark.softlabel.mlflow, found none; set it");
        }
        http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
        ObjectNode create = JSON.createObjectNode()
                .put("experiment_id", experiment())
                .put("start_time", time)
                .put("run_name", settings.path("title").asText());
        run = post("runs/create", create).at("/run/info/run_id").asText();
        ObjectNode batch = JSON.createObjectNode().put("run_id", run);
        ArrayNode params = batch.putArray("params");
        settings.properties().forEach(f -> {
            if (f.getValue().isValueNode()) {
                params.addObject()
                        .put("key", f.getKey())
                        .put("value", f.getValue().asText());
            }
        });
        post("runs/log-batch", batch);
    }

    @Override
    void scalars(long time, long step, Map<String, Double> values) throws IOException, InterruptedException {
        ObjectNode batch = JSON.createObjectNode().put("run_id", run);
        ArrayNode metrics = batch.putArray("metrics");
        values.forEach((name, value) -> metrics.addObject()
                .put("key", name)
                .put("value", value)
                .put("timestamp", time)
                .put("step", step));
        post("runs/log-batch", batch);
    }

    @Override
    void end(long time, boolean well) throws IOException, InterruptedException {
        post(
                "runs/update",
                JSON.createObjectNode()
                        .put("run_id", run)
                        .put("status", well ? "FINISHED" : "FAILED")
                        .put("end_time", time));
    }

    /** The experiment's id; the experiment is created if there is none of that name. */
    private String experiment() throws IOException, InterruptedException {
        String name = URLEncoder.encode(experiment, StandardCharsets.UTF_8);
        HttpResponse<String> found = send(
                request("experiments/get-by-name?experiment_name=" + name).GET().build());
        return found.statusCode() == NOT_FOUND
                ? post("experiments/create", JSON.createObjectNode().put("name", experiment))
                        .path("experiment_id")
                        .asText()
                : body(found).at("/experiment/experiment_id").asText();
    }

    private JsonNode post(String path, ObjectNode what) throws IOException, InterruptedException {
        return body(send(request(path)
                .POST(HttpRequest.BodyPublishers.ofString(what.toString()))
                .build()));
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder b = HttpRequest.newBuilder(URI.create(server + "/api/2.0/mlflow/" + path))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json");
        String token = System.getenv("MLFLOW_TRACKING_TOKEN");
        return token == null ? b : b.header("Authorization", "Bearer " + token);
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode body(HttpResponse<String> response) throws IOException {
        if (response.statusCode() != 200) {
            throw new IOException("expected " + server + " to answer with 200, found " + response.statusCode() + " "
                    + response.body());
        }
        return JSON.readTree(response.body());
    }
}
