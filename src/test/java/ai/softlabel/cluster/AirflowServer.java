package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Program;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A whole Airflow: scheduler, DAG processor, triggerer and API server, on ports of its own. */
final class AirflowServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MINUTES = 20;

    private final Airflow airflow;
    private final Path home;
    private final String dag;
    private final String url;
    private final Map<String, String> environment = new TreeMap<>();
    private final Process whole;

    /**
     * Starts it, and waits until it knows the DAG.
     *
     * @param home Airflow's
     * @param dags a folder of DAGs
     * @param dag the one that is run
     */
    AirflowServer(Airflow airflow, Path home, Path dags, String dag) throws IOException, InterruptedException {
        this.airflow = airflow;
        this.home = home;
        this.dag = dag;
        int port = Program.freePort();
        url = "http://127.0.0.1:" + port;
        environment.put("AIRFLOW__CORE__DAGS_FOLDER", dags.toAbsolutePath().toString());
        environment.put("AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION", "False");
        environment.put("AIRFLOW__CORE__EXECUTION_API_SERVER_URL", url + "/execution/");
        // A process each, of which 32 would take the machine.
        environment.put("AIRFLOW__CORE__PARALLELISM", "4");
        environment.put("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS", "True");
        environment.put("AIRFLOW__API__HOST", "127.0.0.1");
        environment.put("AIRFLOW__API__PORT", String.valueOf(port));
        environment.put("AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES", "1");
        environment.put("AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL", "5");
        environment.put("AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT", String.valueOf(Program.freePort()));
        environment.put("AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT", String.valueOf(Program.freePort()));
        whole = airflow.start(environment, home.resolve("standalone.log"), "standalone");
        try {
            for (int i = 0; i < 300 && !known() && whole.isAlive(); i++) {
                Thread.sleep(1000);
            }
            assertTrue(known(), logs());
        } catch (AssertionError | IOException | InterruptedException e) {
            close();
            throw e;
        }
    }

    private boolean known() throws IOException, InterruptedException {
        return List.of(base("select dag_id from dag").split(";", -1)).contains(dag);
    }

    /** What Airflow's base answers: rows with ; between them, columns with |. */
    String base(String sql) throws IOException, InterruptedException {
        String program = "import sqlite3, sys; print(';'.join('|'.join(map(str, r)) for r in "
                + "sqlite3.connect(sys.argv[1], timeout=60).execute(sys.argv[2])))";
        return Program.run("python3", "-c", program, home.resolve("airflow.db").toString(), sql)
                .ended(0)
                .output()
                .strip();
    }

    /** What Airflow's processes and its tasks said. */
    String logs() throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(home)) {
            for (Path p : files.filter(f -> f.toString().endsWith(".log")).toList()) {
                // Whatever a job printed: not all of it needs to be text.
                all.append(p).append('\n').append(new String(Files.readAllBytes(p), StandardCharsets.UTF_8));
            }
        }
        return all.toString();
    }

    /** Starts a run of the DAG. */
    void trigger(String id, Map<String, Object> params) throws IOException, InterruptedException {
        Path log = home.resolve("trigger.log");
        String conf = JSON.writeValueAsString(params);
        Process trigger = airflow.start(environment, log, "dags", "trigger", dag, "--run-id", id, "--conf", conf);
        assertTrue(trigger.waitFor(5, TimeUnit.MINUTES), "it hangs");
        assertEquals(0, trigger.exitValue(), Files.readString(log));
    }

    /** The states of a run's tasks, with ; between them. */
    String tasks(String id) throws IOException, InterruptedException {
        return base("select state from task_instance where run_id = '" + id + "'");
    }

    /** Waits until the scheduler has brought a run to this end, and gives the states in which its tasks were seen. */
    Set<String> await(String id, String expected) throws IOException, InterruptedException {
        Set<String> seen = new TreeSet<>();
        long end = System.nanoTime() + MINUTES * 60_000_000_000L;
        String state = "";
        while (System.nanoTime() < end && whole.isAlive() && !state.matches("success|failed")) {
            Thread.sleep(1000);
            seen.addAll(List.of(tasks(id).split(";", -1)));
            state = base("select state from dag_run where run_id = '" + id + "'");
        }
        assertEquals(expected, state, logs());
        return seen;
    }

    /** Fails a run, as a person does on its page. */
    void fail(String id) throws IOException, InterruptedException {
        // Airflow's server takes no upgrade to HTTP/2 with a body.
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest login =
                HttpRequest.newBuilder(URI.create(url + "/auth/token")).build();
        String token = JSON.readTree(client.send(login, BodyHandlers.ofString()).body())
                .get("access_token")
                .asText();
        HttpRequest fail = HttpRequest.newBuilder(URI.create(url + "/api/v2/dags/" + dag + "/dagRuns/" + id))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .method("PATCH", BodyPublishers.ofString("{\"state\": \"failed\"}"))
                .build();
        HttpResponse<String> answer = client.send(fail, BodyHandlers.ofString());
        assertEquals(200, answer.statusCode(), answer.body());
    }

    /** Ends Airflow with all that it started. */
    @Override
    public void close() throws InterruptedException {
        List<ProcessHandle> all = whole.descendants().toList();
        whole.destroyForcibly().waitFor();
        all.forEach(ProcessHandle::destroyForcibly);
        for (int i = 0; i < 100 && all.stream().anyMatch(ProcessHandle::isAlive); i++) {
            Thread.sleep(100);
        }
    }
}
