package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples for YARN on a YARN in miniature, with run directories on a real HDFS. */
@Tag("cluster")
class YarnIT {
    @TempDir
    Path dir;

    private String output;

    private int submit(String example, Path home, Path hadoop, String out) throws IOException, InterruptedException {
        ProcessBuilder b = new ProcessBuilder(
                        "submit/examples/" + example,
                        "--profile",
                        "sample",
                        "--epochs",
                        "1",
                        "--replicas",
                        "2",
                        "--out",
                        out)
                .redirectErrorStream(true);
        b.environment().put("SPARK_HOME", home.toString());
        b.environment().put("HADOOP_CONF_DIR", hadoop.toString());
        b.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        b.environment().put("SOFTLABEL_DRIVER_MEMORY", "2g");
        b.environment()
                .put(
                        "SOFTLABEL_SPARK_ARGS",
                        "--conf spark.yarn.jars=local:" + home + "/jars/* --conf spark.executor.memory=2g"
                                + " --conf spark.executor.memoryOverhead=1g --conf spark.yarn.am.memory=512m");
        Process p = b.start();
        output = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return p.waitFor();
    }

    private static Configuration yarn() {
        Configuration c = new YarnConfiguration();
        c.set(
                YarnConfiguration.RM_SCHEDULER,
                "org.apache.hadoop.yarn.server.resourcemanager.scheduler.fifo.FifoScheduler");
        c.setInt(YarnConfiguration.RM_SCHEDULER_MINIMUM_ALLOCATION_MB, 512);
        c.setInt(YarnConfiguration.YARN_MINICLUSTER_NM_PMEM_MB, 12 * 1024);
        c.setInt("yarn.nodemanager.resource.cpu-vcores", 4);
        // The containers' logs stay until the test has read them.
        c.setInt("yarn.nodemanager.delete.debug-delay-sec", 600);
        c.setBoolean("yarn.nodemanager.pmem-check-enabled", false);
        c.setBoolean("yarn.nodemanager.vmem-check-enabled", false);
        c.setFloat("yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage", 100);
        return c;
    }

    @Test
    void theExamplesTrainOnYarnAndWriteToHdfs() throws Exception {
        System.setProperty("test.build.data", dir.resolve("data").toString());
        Path home = SparkHome.withYarn(dir.resolve("spark"));
        Configuration conf = new Configuration();
        conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, dir.resolve("hdfs").toString());
        try (MiniDFSCluster hdfs =
                        new MiniDFSCluster.Builder(conf).numDataNodes(1).build();
                MiniYARNCluster yarn = new MiniYARNCluster("softlabel", 1, 1, 1)) {
            yarn.init(yarn());
            yarn.start();
            Path hadoop = Files.createDirectory(dir.resolve("hadoop"));
            try (OutputStream out = Files.newOutputStream(hadoop.resolve("yarn-site.xml"))) {
                yarn.getConfig().writeXml(out);
            }
            Files.writeString(hadoop.resolve("core-site.xml"), "<configuration/>");
            FileSystem fs = hdfs.getFileSystem();
            String root = fs.getUri() + "/runs/";

            assertEquals(0, submit("yarn-client", home, hadoop, root + "client"), () -> output);
            assertEquals(0, submit("yarn-cluster", home, hadoop, root + "cluster"), () -> output + logs());
            for (String run : new String[] {"client", "cluster"}) {
                JsonNode report = new ObjectMapper().readTree(read(fs, "/runs/" + run + "/report.json"));
                assertEquals(0, report.get("status").asInt());
                assertEquals("yarn", report.at("/spark/master").asText());
                assertEquals(2, report.at("/spark/executors").asInt());
            }
            assertArrayEquals(read(fs, "/runs/client/model.safetensors"), read(fs, "/runs/cluster/model.safetensors"));
        }
    }

    /** What the containers said. */
    private String logs() {
        try (Stream<Path> files = Files.walk(dir)) {
            StringBuilder all = new StringBuilder();
            for (Path p : files.filter(f -> f.endsWith("stderr") || f.endsWith("stdout"))
                    .toList()) {
                all.append(p).append('\n').append(Files.readString(p));
            }
            return all.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] read(FileSystem fs, String path) throws IOException {
        try (InputStream in = fs.open(new org.apache.hadoop.fs.Path(path))) {
            return in.readAllBytes();
        }
    }
}
