package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Program;
import ai.softlabel.api.Classification;
import ai.softlabel.api.Classifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is published, made of this checkout's commit: changes that are not committed are not in it. */
@Tag("long")
@Tag("cluster")
class ReleaseIT {
    private static final String VERSION = "0.2.0";
    private static final Path PICTURE = Path.of("src/test/resources/pictures/cmyk.jpg");

    @TempDir
    static Path dir;

    private static Path repository;

    /** Maven's local repository with nothing of ours. */
    private static Path local;

    private static Path first;

    @BeforeAll
    static void release() throws Exception {
        first = Checkout.into(dir.resolve("first"));
        Path own = Path.of(System.getProperty(
                "localRepository",
                Path.of(System.getProperty("user.home"), ".m2/repository").toString()));
        local = dir.resolve("local");
        Program.run("cp", "-a", "--reflink=auto", own.toString(), local.toString())
                .ended(0);
        Program.run("rm", "-rf", local.resolve("ai/softlabel").toString()).ended(0);
        repository = dir.resolve("repository");
        maven(first, "-P", "release,api", "deploy", "-DaltDeploymentRepository=softlabel::" + repository.toUri())
                .ended(0);
    }

    private static Program maven(Path project, String... more) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("mvn", "-B", "-ntp", "-f", project.toString(), "-Dmaven.repo.local=" + local));
        command.add("-Dmaven.test.skip=true");
        command.addAll(Arrays.asList(more));
        return Program.run(Map.of(), command);
    }

    private static List<Path> published(Path checkout) throws IOException {
        List<Path> all = new ArrayList<>();
        for (String file :
                List.of("job.jar", "sinks.jar", "sbom.json", VERSION + ".tar.gz", VERSION + ".tar.gz.sha256")) {
            all.add(Path.of("target/softlabel-" + file));
        }
        for (String module : List.of("src/target", "bigdl/target")) {
            try (Stream<Path> files = Files.list(checkout.resolve(module))) {
                files.filter(f -> f.toString().endsWith(".jar") || f.endsWith("flattened-pom.xml"))
                        .map(checkout::relativize)
                        .sorted()
                        .forEach(all::add);
            }
        }
        return all;
    }

    private static Path wheel(Path checkout) throws IOException, InterruptedException {
        return Path.of(Program.run(
                        "python3",
                        checkout.resolve("src/main/python/make_wheel.py").toString())
                .ended(0)
                .output()
                .strip());
    }

    @Test
    void theSameCommitGivesTheSameBytesInAnotherFolder() throws Exception {
        Path second = Checkout.into(dir.resolve("a-second-folder"));
        maven(second, "-P", "release", "package").ended(0);
        List<Path> files = published(first);
        assertEquals(13, files.size(), files.toString());
        assertEquals(files, published(second));
        for (Path file : files) {
            assertEquals(-1, Files.mismatch(first.resolve(file), second.resolve(file)), file.toString());
        }
        assertEquals(-1, Files.mismatch(wheel(first), wheel(second)));
    }

    @Test
    void aProgramUsesTheArtifactsOfTheRepository() throws Exception {
        for (String artifact : List.of("softlabel", "softlabel-bigdl")) {
            Path folder = repository.resolve("ai/softlabel").resolve(artifact).resolve(VERSION);
            for (String kind : List.of("", "-sources", "-javadoc")) {
                assertTrue(Files.exists(folder.resolve(artifact + "-" + VERSION + kind + ".jar")), artifact + kind);
            }
            String pom = Files.readString(folder.resolve(artifact + "-" + VERSION + ".pom"));
            assertFalse(pom.contains("<parent>") || pom.contains("${"), pom);
        }
        Path run = dir.resolve("run");
        Program.run(
                        Map.of("SPARK_LOCAL_IP", "127.0.0.1"),
                        List.of(
                                "submit/softlabel",
                                "train",
                                "--profile",
                                "sample",
                                "--epochs",
                                "1",
                                "--replicas",
                                "1",
                                "--master",
                                "local[1]",
                                "--out",
                                run.toString()))
                .ended(0);
        Path consumer = dir.resolve("consumer");
        Program.run("cp", "-r", "src/test/consumer", consumer.toString()).ended(0);
        Program.run("rm", "-rf", local.resolve("ai/softlabel").toString()).ended(0);
        maven(consumer, "-Dsoftlabel.repository=" + repository.toUri(), "package")
                .ended(0);
        Program answer = Program.run(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        consumer.resolve("target") + "/*:" + consumer.resolve("target/dependency") + "/*",
                        "Classify",
                        run.toString(),
                        PICTURE.toString())
                .ended(0);
        try (Classifier classifier = Classifier.load(run.toString())) {
            Classification here = classifier.classify(PICTURE);
            String expected = here.label() + " " + here.probability();
            assertTrue(answer.output().lines().anyMatch(expected::equals), answer.output() + "; expected " + expected);
        }
    }

    @Test
    void aMethodThatTheLastReleaseHasMayNotGo() throws Exception {
        Path built = first.resolve("src/target/softlabel-" + VERSION + ".jar");
        old("0.2.0-same", built, Map.of());
        maven(first, "-P", "api", "package", "-Dlast.release=0.2.0-same").ended(0);
        old("0.2.0-more", built, Map.of("classifyAll", "classifyEvr"));
        Program lacking = maven(first, "-P", "api", "package", "-Dlast.release=0.2.0-more");
        assertNotEquals(0, lacking.status(), lacking.output());
        assertTrue(lacking.output().contains("classifyEvr"), lacking.output());
        Program none = maven(first, "-P", "api", "package").ended(0);
        assertTrue(
                none.output().contains("softlabel: expected a release to compare the API with, found none yet"),
                none.output());
    }

    /** An older release in the local repository: a jar whose classes have other names for some of their methods. */
    private static void old(String version, Path jar, Map<String, String> renamed) throws IOException {
        Path folder =
                Files.createDirectories(local.resolve("ai/softlabel/softlabel").resolve(version));
        Path copy = folder.resolve("softlabel-" + version + ".jar");
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(jar));
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(copy))) {
            for (ZipEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
                // Names of one length: nothing else in a class file changes.
                String text = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
                for (Map.Entry<String, String> name : renamed.entrySet()) {
                    text = text.replace(name.getKey(), name.getValue());
                }
                out.putNextEntry(new ZipEntry(e.getName()));
                out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        Files.writeString(
                folder.resolve("softlabel-" + version + ".pom"),
                "<project><modelVersion>4.0.0</modelVersion><groupId>ai.softlabel</groupId><artifactId>softlabel</artifactId><version>"
                        + version + "</version></project>");
    }
}
