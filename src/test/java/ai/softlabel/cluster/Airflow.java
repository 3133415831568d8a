package ai.softlabel.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A real Airflow, in a virtual environment of the build's, with a home and a metadata base of the test's own. */
final class Airflow {
    private final Map<String, String> environment = new TreeMap<>();
    private final Path installed;

    /**
     * Installs Airflow by the lock, where it is not installed, and makes its base.
     *
     * @param home Airflow's
     * @param softlabel what stands for Softlabel's folder
     * @param master of the standalone cluster that the DAG submits to
     */
    Airflow(Path home, Path softlabel, String master) throws IOException, InterruptedException {
        installed = Environment.of("airflow", Path.of("submit/airflow/requirements.txt"));
        environment.put("AIRFLOW_HOME", home.toString());
        environment.put("AIRFLOW__CORE__LOAD_EXAMPLES", "False");
        environment.put(
                "AIRFLOW__CORE__DAGS_FOLDER",
                Path.of("submit/airflow").toAbsolutePath().toString());
        environment.put(
                "AIRFLOW_CONN_SPARK_DEFAULT",
                new ObjectMapper().writeValueAsString(Map.of("conn_type", "spark", "host", master)));
        environment.put("SOFTLABEL_HOME", softlabel.toString());
        environment.put("SOFTLABEL_RETRY_SECONDS", "1");
        environment.put("SPARK_LOCAL_IP", "127.0.0.1");
        environment.put(
                "PATH",
                Path.of("submit/spark/bin").toAbsolutePath() + ":" + installed.resolve("bin") + ":"
                        + System.getenv("PATH"));
        run("airflow", "db", "migrate");
    }

    /** Starts a run of the DAG with these params. */
    Process start(Map<String, Object> params, Path log) throws IOException {
        return builder(List.of(
                        "airflow",
                        "dags",
                        "test",
                        "softlabel_pets",
                        "--conf",
                        new ObjectMapper().writeValueAsString(params)))
                .redirectOutput(log.toFile())
                .start();
    }

    /** Runs a program to its end, which must be a good one, and gives what it said. */
    String run(String... command) throws IOException, InterruptedException {
        Process p = builder(List.of(command)).start();
        String output = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (p.waitFor() != 0) {
            throw new AssertionError(String.join(" ", command) + "\n" + output);
        }
        return output;
    }

    private ProcessBuilder builder(List<String> command) {
        List<String> whole = new ArrayList<>(command);
        Path own = installed.resolve("bin").resolve(command.get(0));
        if (Files.exists(own)) {
            whole.set(0, own.toString());
        }
        ProcessBuilder b = new ProcessBuilder(whole).redirectErrorStream(true);
        b.environment().putAll(environment);
        return b;
    }
}
