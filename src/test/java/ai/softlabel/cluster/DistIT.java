package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Program;
import ai.softlabel.TestFiles;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The distribution, unpacked, on a machine with a JDK, bash and coreutils, and nothing else. */
@Tag("long")
@Tag("cluster")
class DistIT {
    @TempDir
    Path dir;

    private Path path;

    @BeforeEach
    void prepare() throws Exception {
        Path archive = Distribution.archive();
        Files.createSymbolicLink(dir.resolve(archive.getFileName()), archive);
        path = Files.createDirectory(dir.resolve("path"));
        for (String file :
                Program.run("dpkg", "-L", "coreutils").ended(0).output().lines().toList()) {
            Path program = Path.of(file);
            if (program.getParent() != null && program.getParent().endsWith("bin")) {
                Files.createSymbolicLink(path.resolve(program.getFileName()), program);
            }
        }
        Files.createSymbolicLink(path.resolve("bash"), Path.of("/bin/bash"));
    }

    /** Runs commands with nothing of this build's in their environment. */
    private String shell(String commands, String more) throws IOException, InterruptedException {
        ProcessBuilder b = new ProcessBuilder("/bin/bash", "-euo", "pipefail", "-c", commands)
                .redirectErrorStream(true)
                .directory(dir.toFile());
        b.environment().clear();
        b.environment()
                .putAll(Map.of(
                        "PATH",
                        path + more,
                        "HOME",
                        dir.toString(),
                        "JAVA_HOME",
                        System.getProperty("java.home"),
                        "PICTURES",
                        dir.resolve("pictures").toString(),
                        "SPARK_LOCAL_IP",
                        "127.0.0.1"));
        Process p = b.start();
        String output = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, p.waitFor(), output);
        return output;
    }

    /** The blocks of the page: the first unpacks, the second needs a JDK and nothing else. */
    @Test
    void thePagesCommandsTrainReportPredictAndExport() throws Exception {
        List<String> blocks = Pattern.compile("(?s)<!-- run by: DistIT -->\n```\n(.*?)```")
                .matcher(Files.readString(Path.of("docs/clusters.md")))
                .results()
                .map(m -> m.group(1))
                .toList();
        assertEquals(2, blocks.size());
        shell(blocks.get(0), ":/usr/bin:/bin");
        String version = shell("softlabel-" + Distribution.version() + "/bin/softlabel --version", "");
        assertTrue(version.startsWith("softlabel " + Distribution.version() + " ("), version);
        Path pictures = Files.createDirectory(dir.resolve("pictures"));
        Files.copy(Path.of("src/test/resources/pictures/cmyk.jpg"), pictures.resolve("cmyk.jpg"));
        String said = shell(blocks.get(1), "");
        // Training names the report, and so does the command that is asked for it.
        Pattern report = Pattern.compile("(?m)^report: file:.*/sample-run/report[.]html ");
        assertEquals(2, report.matcher(said).results().count(), said);
        assertTrue(said.contains("\n1 pictures classified, 0 rejected, "), said);
        assertTrue(Files.exists(dir.resolve("predicted/predictions.parquet/_SUCCESS")));
        assertTrue(Files.size(dir.resolve("model.onnx")) > 1_000_000);
    }

    @Test
    void hasTheLicencesOfAllThatItContains() throws Exception {
        Path home = Distribution.unpack(dir);
        Path sum = Path.of(Distribution.archive() + ".sha256");
        Program.run("sh", "-c", "cd '" + sum.getParent() + "' && sha256sum -c '" + sum.getFileName() + "'")
                .ended(0);
        JsonNode components = new ObjectMapper()
                .readTree(home.resolve("softlabel-sbom.json").toFile())
                .get("components");
        String table = Files.readString(home.resolve("licenses/README.md"));
        List<Path> jars = TestFiles.list(home.resolve("spark/jars"));
        assertTrue(jars.size() > 150 && components.size() >= jars.size(), jars.size() + " jars, " + components.size());
        for (Path jar : jars) {
            String name = jar.getFileName().toString().replaceFirst("[.]jar$", "");
            assertTrue(table.contains("| " + name + " |"), name + " in licenses/README.md");
        }
        assertFalse(table.contains("| null"), table);
        assertTrue(Files.exists(home.resolve("licenses/spark-core_2.13-4.1.0/LICENSE")));
        assertTrue(Files.readString(home.resolve("NOTICE")).contains("BigDL"));
    }
}
