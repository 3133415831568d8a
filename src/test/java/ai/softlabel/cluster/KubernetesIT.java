package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Program;
import ai.softlabel.PythonEnvironment;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.NamespacedKubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What submit/examples/kubernetes asks of an API server: the driver's pod. */
@Tag("cluster")
class KubernetesIT {
    private static final int CONFLICT = 409;

    @TempDir
    Path dir;

    private final KubernetesMockServer server =
            new KubernetesMockServer(new Context(), new MockWebServer(), new HashMap<>(), new Applying(), false);

    /** Takes what is applied on the server's side as well, which the mock alone does not. */
    private static final class Applying extends KubernetesCrudDispatcher {
        @Override
        public MockResponse handlePatch(RecordedRequest r) {
            String path = r.getPath().replaceFirst("[?].*", "");
            String collection = path.substring(0, path.lastIndexOf('/'));
            MockResponse made = handleCreate(
                    new RecordedRequest(r.getHttpVersion(), HttpMethod.POST, collection, r.getHeaders(), r.getBody()));
            return made.code() == CONFLICT
                    ? handleUpdate(
                            new RecordedRequest(r.getHttpVersion(), HttpMethod.PUT, path, r.getHeaders(), r.getBody()))
                    : made;
        }
    }

    @BeforeEach
    void start() {
        server.init();
    }

    @AfterEach
    void stop() {
        server.destroy();
    }

    @Test
    void theDriversPodIsAsTheSettingsSay() throws Exception {
        Program submitted = Program.run(
                        Map.of(
                                "SPARK_HOME",
                                SparkHome.withKubernetes(dir).toString(),
                                "MASTER",
                                "k8s://" + server.url("/"),
                                "CLAIM",
                                "pets",
                                "SOFTLABEL_SPARK_ARGS",
                                "--conf spark.kubernetes.submission.waitAppCompletion=false --conf spark.executor.instances=3"),
                        List.of(
                                "submit/examples/kubernetes",
                                "--profile",
                                "sample",
                                "--data",
                                "s3a://pets/data",
                                "--out",
                                "s3a://pets/run"))
                .ended(0);

        NamespacedKubernetesClient client = server.createClient();
        List<Pod> pods = client.pods().inNamespace("default").list().getItems();
        assertEquals(1, pods.size(), submitted.output());
        Pod pod = pods.get(0);
        assertEquals("driver", pod.getMetadata().getLabels().get("spark-role"));
        assertEquals("spark", pod.getSpec().getServiceAccountName());
        Container driver = pod.getSpec().getContainers().get(0);
        assertEquals("softlabel:" + Distribution.version(), driver.getImage());
        // 4 GB of heap and 1 GB for the natives.
        assertEquals(
                Quantity.getAmountInBytes(new Quantity("5120Mi")),
                Quantity.getAmountInBytes(driver.getResources().getLimits().get("memory")));
        String arguments = String.join(" ", driver.getArgs());
        assertTrue(
                arguments.contains("--class ai.softlabel.cli.Main")
                        && arguments.endsWith("local:///opt/softlabel/jars/softlabel-job.jar train --profile sample"
                                + " --data s3a://pets/data --out s3a://pets/run"),
                arguments);
        assertEquals("/opt/softlabel", environment(driver, "SOFTLABEL_HOME"));
        assertEquals("0", environment(driver, "KMP_BLOCKTIME"));
        assertTrue(
                pod.getSpec().getVolumes().stream()
                        .anyMatch(v -> v.getPersistentVolumeClaim() != null
                                && v.getPersistentVolumeClaim().getClaimName().equals("pets")),
                pod.getSpec().getVolumes().toString());
        assertTrue(
                driver.getVolumeMounts().stream().anyMatch(m -> m.getMountPath().equals("/softlabel")));
        // What the executors will be is in the properties that the driver mounts.
        String properties = client.configMaps().inNamespace("default").list().getItems().stream()
                .map(m -> m.getData().get("spark.properties"))
                .filter(t -> t != null)
                .findFirst()
                .orElseThrow();
        for (String expected : List.of(
                "spark.executor.instances=3",
                "spark.executor.memory=4g",
                "spark.executor.memoryOverhead=4g",
                "spark.executorEnv.KMP_BLOCKTIME=0",
                "spark.speculation=false",
                "spark.authenticate=true",
                "spark.decommission.enabled=true",
                "spark.executor.decommission.forceKillTimeout=30s",
                "spark.kubernetes.executor.volumes.persistentVolumeClaim.softlabel.mount.path=/softlabel",
                "spark.driver.extraJavaOptions=\"-Dlog4j2.configurationFile\\=/opt/softlabel/conf/log4j2.properties\"")) {
            assertTrue(properties.contains(expected), expected + "\n" + properties);
        }
    }

    /** The operator's models know every field, the settings agree, and hadolint finds nothing. */
    @Tag("long")
    @Test
    void theOperatorKnowsEveryField() throws Exception {
        Path python = PythonEnvironment.of("images", Path.of("src/test/python/requirements-images.txt"));
        Program.run(
                        python.resolve("bin/python").toString(),
                        "src/test/python/check_applications.py",
                        "conf/spark-kubernetes.conf",
                        "submit/kubernetes/spark-application-s3.yaml",
                        "submit/kubernetes/spark-application-pvc.yaml")
                .ended(0);
        Program.run(python.resolve("bin/hadolint").toString(), "submit/docker/Dockerfile")
                .ended(0);
    }

    private static String environment(Container container, String name) {
        EnvVar found = container.getEnv().stream()
                .filter(e -> e.getName().equals(name))
                .findFirst()
                .orElse(null);
        assertNotNull(found, name);
        return found.getValue();
    }
}
