package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.softlabel.Program;
import ai.softlabel.TestFiles;
import ai.softlabel.data.SampleFiles;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures and runs on an S3-compatible object store of this machine, through {@code s3a://}. */
@Tag("cluster")
class S3IT {
    private static final Path TOOLS = Path.of("target/s3").toAbsolutePath();

    @TempDir
    Path dir;

    private Process server;
    private int port;

    @BeforeEach
    void startTheServer() throws Exception {
        Path moto = TOOLS.resolve("venv/bin/moto_server");
        assumeTrue(Files.exists(moto), "skipped: it needs moto and hadoop-aws; docs/s3/prepare.sh fetches them");
        port = Program.freePort();
        server = new ProcessBuilder(moto.toString(), "-H", "127.0.0.1", "-p", String.valueOf(port))
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("moto.log").toFile())
                .start();
        for (int i = 0; i < 300 && !listens(); i++) {
            Thread.sleep(100);
        }
    }

    @AfterEach
    void stopTheServer() throws InterruptedException {
        if (server != null) {
            server.destroyForcibly().waitFor();
        }
    }

    private boolean listens() {
        try (Socket s = new Socket("127.0.0.1", port)) {
            return s.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Runs Python with {@code s3}, a client of the server. */
    private void python(String code) throws Exception {
        Program.run(
                        TOOLS.resolve("venv/bin/python").toString(),
                        "-c",
                        "import boto3, pathlib\ns3 = boto3.client('s3', endpoint_url='http://127.0.0.1:" + port
                                + "', aws_access_key_id='a', aws_secret_access_key='b', region_name='us-east-1')\n"
                                + code)
                .ended(0);
    }

    private byte[] object(String key) throws Exception {
        Path file = dir.resolve("object");
        python("s3.download_file('softlabel', '" + key + "', '" + file + "')");
        return Files.readAllBytes(file);
    }

    private Program softlabel(String... arguments) throws Exception {
        String jars = TestFiles.list(TOOLS.resolve("jars")).stream()
                .map(Path::toString)
                .collect(Collectors.joining(","));
        String store = "spark.hadoop.fs.s3a.";
        String settings = Map.of(
                        "endpoint", "http://127.0.0.1:" + port,
                        "endpoint.region", "us-east-1",
                        "path.style.access", "true",
                        "access.key", "a",
                        "secret.key", "b")
                .entrySet()
                .stream()
                .map(e -> " --conf " + store + e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining());
        List<String> command = new ArrayList<>(List.of("submit/softlabel"));
        Collections.addAll(command, arguments);
        Collections.addAll(command, "--master", "local[2]");
        return Program.run(
                Map.of("SPARK_LOCAL_IP", "127.0.0.1", "SOFTLABEL_SPARK_ARGS", "--jars " + jars + settings), command);
    }

    private Program train(String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "train", "--data", "s3a://softlabel/pets", "--out", "s3a://softlabel/run", "--image-size", "64"));
        Collections.addAll(arguments, "--batch-size", "16", "--epochs", "2", "--replicas", "2");
        Collections.addAll(arguments, more);
        return softlabel(arguments.toArray(String[]::new));
    }

    @Test
    void trainsResumesAndEvaluatesOnAnObjectStore() throws Exception {
        Path pets = Files.createDirectory(dir.resolve("pets"));
        SampleFiles.pets(pets, 4, 20, 8);
        python("s3.create_bucket(Bucket='softlabel')\nroot = pathlib.Path('" + pets + "')\n"
                + "for f in root.rglob('*'):\n"
                + "    if f.is_file(): s3.upload_file(str(f), 'softlabel', 'pets/' + str(f.relative_to(root)))");
        Program first = train().ended(0);
        byte[] weights = object("run/model.safetensors");
        // As a driver that was killed in the second epoch leaves it.
        python("""
                for o in s3.list_objects_v2(Bucket='softlabel', Prefix='run/')['Contents']:
                    k = o['Key']
                    assert not k.endswith('.part') and '_temporary' not in k, k
                    if 'checkpoints/epoch-0001' not in k and 'epochs.jsonl' not in k: s3.delete_object(Bucket='softlabel', Key=k)
                """);
        Program second = train("--resume").ended(0);
        assertTrue(second.output().contains("resuming after epoch 1"), second.output());
        assertArrayEquals(weights, object("run/model.safetensors"), first.output() + second.output());
        Program scored = softlabel(
                        "evaluate",
                        "--data",
                        "s3a://softlabel/pets",
                        "--model",
                        "s3a://softlabel/run",
                        "--out",
                        "s3a://softlabel/scored")
                .ended(0);
        assertTrue(scored.output().contains("on 32 pictures"), scored.output());
        assertEquals('{', object("scored/report.json")[0]);
    }
}
