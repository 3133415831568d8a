package ai.softlabel.cluster;

import ai.softlabel.Program;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A real Airflow, as submit/airflow/start makes it, with a home and a metadata base of the test's own. */
final class Airflow {
    private static final String START = "submit/airflow/start";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, String> environment = new TreeMap<>();

    /**
     * Installs Airflow by the lock, where it is not installed, and makes its base.
     *
     * @param home Airflow's
     * @param softlabel what stands for Softlabel's folder
     * @param master of the standalone cluster that the DAG submits to
     * @param extra what else the connection says
     */
    Airflow(Path home, Path softlabel, String master, Map<String, Object> extra)
            throws IOException, InterruptedException {
        environment.put("AIRFLOW_HOME", home.toString());
        environment.put(
                "AIRFLOW_CONN_SPARK_DEFAULT",
                JSON.writeValueAsString(
                        Map.of("conn_type", "spark", "host", master, "extra", JSON.writeValueAsString(extra))));
        environment.put("SOFTLABEL_HOME", softlabel.toString());
        environment.put("SOFTLABEL_RETRY_SECONDS", "1");
        environment.put("SPARK_LOCAL_IP", "127.0.0.1");
        Program.run(environment, List.of(START, "version")).ended(0);
    }

    /** A folder that stands for Softlabel's, with a recipe (tiny) and Spark's settings (spark-test) for a test. */
    static Path softlabel(Path home, int epochs) throws IOException {
        Files.createDirectories(home.resolve("conf"));
        Files.createSymbolicLink(home.resolve("target"), Path.of("target").toAbsolutePath());
        Files.writeString(
                home.resolve("conf/tiny.conf"),
                Files.readString(Path.of("conf/sample.conf")) + "batch-size = 16\nvalidation = 0.2\nepochs = " + epochs
                        + "\n");
        Files.writeString(
                home.resolve("conf/spark-test.conf"),
                Files.readString(Path.of("conf/spark-standalone.conf")).replace("memory=4g", "memory=2g"));
        return home;
    }

    /** The params of a run of the DAG with that recipe and these settings, on what lies in a folder. */
    static Map<String, Object> params(Path dir, double maxError) {
        return Map.of(
                "data",
                dir.resolve("pets").toString(),
                "out",
                dir.resolve("runs").toString(),
                "publish",
                dir.resolve("models").toString(),
                "profile",
                "tiny",
                "spark",
                "spark-test",
                "driver_memory",
                "2g",
                "max_error",
                maxError,
                "max_ece",
                1.0);
    }

    /** Starts a run of the DAG with these params. */
    Process start(Map<String, Object> params, Path log) throws IOException {
        String conf = JSON.writeValueAsString(params);
        return start(Map.of(), log, "dags", "test", "softlabel_pets", "--conf", conf);
    }

    /** Starts one of Airflow's commands with more in its environment. */
    Process start(Map<String, String> more, Path log, String... command) throws IOException {
        ProcessBuilder b = new ProcessBuilder(new ArrayList<>(List.of(command)))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        b.command().add(0, START);
        b.environment().putAll(environment);
        b.environment().putAll(more);
        return b.start();
    }

    /** The DAG is as Airflow wants it, and the operators do what they say. */
    void checkIntegrity() throws IOException, InterruptedException {
        Map<String, String> whole = new TreeMap<>(environment);
        whole.put(
                "AIRFLOW__CORE__DAGS_FOLDER",
                Path.of("submit/airflow").toAbsolutePath().toString());
        whole.put("AIRFLOW__CORE__LOAD_EXAMPLES", "False");
        whole.put("PYTHONPATH", Path.of("submit/airflow").toAbsolutePath().toString());
        whole.put("PYTHONDONTWRITEBYTECODE", "1");
        Program.run(whole, List.of("target/airflow/bin/python", "src/test/python/dag_integrity.py"))
                .ended(0);
    }
}
