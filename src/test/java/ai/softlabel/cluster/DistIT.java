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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    private Path home;
    private Path path;

    @BeforeEach
    void unpack() throws Exception {
        home = Distribution.unpack(dir);
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

    /** Runs the distribution's launcher with nothing of this build's in its environment. */
    private String softlabel(String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(home.resolve("bin/softlabel").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder b = new ProcessBuilder(command).redirectErrorStream(true).directory(dir.toFile());
        b.environment().clear();
        b.environment()
                .putAll(Map.of(
                        "PATH",
                        path.toString(),
                        "HOME",
                        dir.toString(),
                        "JAVA_HOME",
                        System.getProperty("java.home"),
                        "SPARK_LOCAL_IP",
                        "127.0.0.1"));
        Process p = b.start();
        String output = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, p.waitFor(), output);
        return output;
    }

    @Test
    void trainsReportsPredictsAndExports() throws Exception {
        String version = softlabel("--version");
        assertTrue(version.startsWith("softlabel " + Distribution.version() + " ("), version);
        String trained = softlabel(
                "train", "--profile", "sample", "--epochs", "1", "--master", "local[2]", "--out", "sample-run");
        String last = trained.lines().reduce((a, b) -> b).orElseThrow();
        assertTrue(last.startsWith("report: file:") && last.contains("sample-run/report.html"), trained);
        assertTrue(softlabel("report", "sample-run").contains("sample-run/report.html"));
        Path pictures = Files.createDirectory(dir.resolve("pictures"));
        Files.copy(Path.of("src/test/resources/pictures/cmyk.jpg"), pictures.resolve("cmyk.jpg"));
        softlabel(
                "predict", "--model", "sample-run", "--data", "pictures", "--master", "local[1]", "--out", "predicted");
        assertTrue(Files.exists(dir.resolve("predicted/predictions.parquet/_SUCCESS")));
        softlabel("export", "--model", "sample-run", "--format", "onnx", "--out", "model.onnx");
        assertTrue(Files.size(dir.resolve("model.onnx")) > 1_000_000);
    }

    @Test
    void hasTheLicencesOfAllThatItContains() throws Exception {
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
