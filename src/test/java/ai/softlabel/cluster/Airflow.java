package ai.softlabel.cluster;

import ai.softlabel.Program;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A real Airflow, as submit/airflow/start makes it, with a home and a metadata base of the test's own. */
final class Airflow {
    private static final String START = "submit/airflow/start";

    private final Map<String, String> environment = new TreeMap<>();

    /**
     * Installs Airflow by the lock, where it is not installed, and makes its base.
     *
     * @param home Airflow's
     * @param softlabel what stands for Softlabel's folder
     * @param master of the standalone cluster that the DAG submits to
     */
    Airflow(Path home, Path softlabel, String master) throws IOException, InterruptedException {
        environment.put("AIRFLOW_HOME", home.toString());
        environment.put(
                "AIRFLOW_CONN_SPARK_DEFAULT",
                new ObjectMapper().writeValueAsString(Map.of("conn_type", "spark", "host", master)));
        environment.put("SOFTLABEL_HOME", softlabel.toString());
        environment.put("SOFTLABEL_RETRY_SECONDS", "1");
        environment.put("SPARK_LOCAL_IP", "127.0.0.1");
        Program.run(environment, List.of(START, "version")).ended(0);
    }

    /** Starts a run of the DAG with these params. */
    Process start(Map<String, Object> params, Path log) throws IOException {
        String conf = new ObjectMapper().writeValueAsString(params);
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
