package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.softlabel.Program;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The image that submit/docker/build makes, on a base that stands for Spark's: master, workers, executors and driver
 * run in it as its own user, with nothing writable but /tmp and the runs' folder. Where no Docker daemon runs,
 * chroot_engine.py does each instruction of the Dockerfiles, and starts the processes, in a chroot.
 */
@Tag("long")
@Tag("cluster")
class DockerIT {
    private static final String BASE = "softlabel-test-base";
    private static final String IMAGE = "softlabel-test";

    @TempDir
    Path dir;

    private static final String CHROOT =
            Path.of("src/test/docker/chroot_engine.py").toAbsolutePath().toString();

    /** The program that builds and runs. */
    private static String docker;

    private final List<String> containers = new ArrayList<>();

    @BeforeAll
    static void build() throws Exception {
        Distribution.archive();
        docker = works("docker", "info") ? "docker" : CHROOT;
        assumeTrue(works(docker, "info"), "skipped: it needs a Docker daemon, or root with mounts of its own");
        Map<String, String> environment = Map.of("DOCKER", docker, "TAG", IMAGE);
        if (!works(docker, "image", "inspect", BASE)) {
            assumeTrue(works("mmdebstrap", "--version"), "skipped: it needs mmdebstrap");
            Program.run(environment, List.of("src/test/docker/make_base.sh", BASE))
                    .ended(0);
        }
        Program.run(environment, List.of("submit/docker/build", BASE)).ended(0);
    }

    private static boolean works(String... command) throws InterruptedException {
        try {
            return Program.run(command).status() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @AfterEach
    void remove() throws Exception {
        for (String name : containers) {
            Program.run(docker, "rm", "-f", name);
        }
    }

    /** Starts a container that has the machine's network. */
    private void start(String name, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(docker, "run", "-d", "--name", name, "--network", "host"));
        command.addAll(List.of("--read-only", "--tmpfs", "/tmp:exec", "-v", dir + ":/runs"));
        command.addAll(List.of("-e", "SPARK_LOCAL_IP=127.0.0.1", "-e", "SPARK_DRIVER_BIND_ADDRESS=127.0.0.1", IMAGE));
        command.addAll(List.of(arguments));
        containers.add(name);
        Program.run(Map.of(), command).ended(0);
    }

    private String cluster() throws Exception {
        // The image's user writes here.
        Program.run("chmod", "777", dir.toString()).ended(0);
        int port = Program.freePort();
        String spark = "/opt/spark/bin/spark-class";
        String master = "spark://127.0.0.1:" + port;
        start(
                "softlabel-master",
                spark,
                "org.apache.spark.deploy.master.Master",
                "--host",
                "127.0.0.1",
                "--port",
                String.valueOf(port),
                "--webui-port",
                "0");
        Standalone.await(port);
        for (int i = 0; i < 2; i++) {
            start(
                    "softlabel-worker-" + i,
                    spark,
                    "org.apache.spark.deploy.worker.Worker",
                    "--host",
                    "127.0.0.1",
                    "--cores",
                    "1",
                    "--memory",
                    "4g",
                    "--webui-port",
                    "0",
                    "--work-dir",
                    "/tmp/work",
                    master);
        }
        return master;
    }

    private void driver(String master, String out) throws Exception {
        start(
                "softlabel-driver",
                "driver",
                "--master",
                master,
                "--properties-file",
                "/opt/softlabel/conf/spark-standalone.conf",
                "--conf",
                "spark.executor.memory=2g",
                "--conf",
                "spark.jars.ivy=/tmp/ivy",
                "--driver-memory",
                "2g",
                "--driver-java-options",
                "-Dlog4j2.configurationFile=/opt/softlabel/conf/log4j2.properties",
                "--class",
                "ai.softlabel.cli.Main",
                "local:///opt/softlabel/jars/softlabel-job.jar",
                "train",
                "--profile",
                "sample",
                "--epochs",
                "1",
                "--replicas",
                "2",
                "--out",
                "/runs/" + out);
    }

    private String logs(String container) throws Exception {
        return Program.run(docker, "logs", container).output();
    }

    /** Waits for the driver's end and gives its status. */
    private int status() throws Exception {
        return Integer.parseInt(Program.run(docker, "wait", "softlabel-driver")
                .ended(0)
                .output()
                .strip());
    }

    @Test
    void hasNoBuildToolsAndItsUserIsNotRoot() throws Exception {
        String probe =
                "id -u; for p in mvn python3 gcc cc make javac git; do command -v $p; done; touch /opt/softlabel/x";
        Program said =
                Program.run(docker, "run", "--rm", "--network", "none", "--entrypoint", "bash", IMAGE, "-c", probe);
        assertNotEquals(0, said.status(), said.output());
        assertEquals("185", said.output().lines().findFirst().orElseThrow());
        assertEquals(2, said.output().lines().count(), said.output());
        assertTrue(said.output().contains("Permission denied"), said.output());
    }

    @Test
    void trainsOnExecutorsInTheImage() throws Exception {
        driver(cluster(), "one");
        assertEquals(0, status(), logs("softlabel-driver") + logs("softlabel-worker-0"));
        JsonNode report =
                new ObjectMapper().readTree(dir.resolve("one/report.json").toFile());
        assertEquals(0, report.get("status").asInt());
        // Each on an executor of its own, which has one core.
        assertEquals(2, report.get("training").get("replicas").asInt());
        assertTrue(Files.exists(dir.resolve("one/model.safetensors")));
    }
}
