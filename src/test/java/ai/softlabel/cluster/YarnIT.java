package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.softlabel.Program;
import ai.softlabel.data.SampleFiles;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples for YARN on a YARN in miniature, with pictures and run directories on a real HDFS. */
@Tag("cluster")
class YarnIT {
    @TempDir
    Path dir;

    private static Program submit(String example, Path home, Path hadoop, String data, String out)
            throws IOException, InterruptedException {
        return Program.run(
                Map.of(
                        "SPARK_HOME",
                        home.toString(),
                        "HADOOP_CONF_DIR",
                        hadoop.toString(),
                        "SPARK_LOCAL_IP",
                        "127.0.0.1",
                        "SOFTLABEL_DRIVER_MEMORY",
                        "2g",
                        "SOFTLABEL_SPARK_ARGS",
                        "--conf spark.yarn.jars=local:" + home + "/jars/* --conf spark.executor.memory=2g"
                                + " --conf spark.executor.memoryOverhead=1g --conf spark.yarn.am.memory=512m"),
                List.of(
                        "submit/examples/" + example,
                        "--profile",
                        "sample",
                        "--epochs",
                        "1",
                        "--replicas",
                        "2",
                        "--data",
                        data,
                        "--out",
                        out));
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
            Path pets = dir.resolve("pets");
            SampleFiles.pets(pets, 4, 20, 8);
            fs.copyFromLocalFile(new org.apache.hadoop.fs.Path(pets.toUri()), new org.apache.hadoop.fs.Path("/pets"));
            String data = fs.getUri() + "/pets";

            submit("yarn-client", home, hadoop, data, root + "client").ended(0);
            Program inCluster = submit("yarn-cluster", home, hadoop, data, root + "cluster");
            assertEquals(0, inCluster.status(), () -> inCluster.output() + logs());
            for (String run : new String[] {"client", "cluster"}) {
                JsonNode report = new ObjectMapper().readTree(read(fs, "/runs/" + run + "/report.json"));
                assertEquals(0, report.get("status").asInt());
                assertEquals("yarn", report.at("/spark/master").asText());
                assertEquals(2, report.at("/spark/executors").asInt());
                assertEquals(data, report.at("/data/path").asText());
                assertEquals(80, report.at("/data/train").asInt());
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
