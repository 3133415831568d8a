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
import java.util.Set;
import java.util.TreeSet;
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
    private static final Path PICTURE = Path.of("src/test/resources/pictures/cmyk.jpg");

    @TempDir
    static Path dir;

    private static String version;
    private static Path repository;

    /** Maven's local repository with nothing of ours. */
    private static Path local;

    private static Path first;

    /** Of the first checkout's release: later tests build there again. */
    private static List<String> sums;

    @BeforeAll
    static void release() throws Exception {
        version = Distribution.version();
        Path own = Path.of(System.getProperty(
                "localRepository",
                Path.of(System.getProperty("user.home"), ".m2/repository").toString()));
        local = dir.resolve("local");
        Program.run("cp", "-a", "--reflink=auto", own.toString(), local.toString())
                .ended(0);
        Program.run("rm", "-rf", local.resolve("ai/softlabel").toString()).ended(0);
        repository = dir.resolve("repository");
        first = Checkout.into(dir.resolve("first"));
        maven(
                        first,
                        "-P",
                        "release,api",
                        "deploy",
                        "-DaltDeploymentRepository=softlabel::" + repository.toUri(),
                        "-Dsoftlabel.url=" + address(),
                        "-Dsoftlabel.scm=" + scm())
                .ended(0);
        sums = sums(first);
    }

    private static String address() {
        return dir.resolve("pages").toUri().toString();
    }

    private static String scm() {
        return "scm:git:" + dir.resolve("git").toUri();
    }

    private static Program maven(Path project, String... more) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("mvn", "-B", "-ntp", "-f", project.toString(), "-Dmaven.repo.local=" + local));
        command.add("-Dmaven.test.skip=true");
        command.addAll(Arrays.asList(more));
        return Program.run(Map.of(), command);
    }

    /** Everything that is published, by its place in a checkout. */
    private static List<String> published() {
        List<String> all = new ArrayList<>();
        for (String file : List.of(
                "-job.jar",
                "-sinks.jar",
                "-sbom.json",
                "-" + version + ".tar.gz",
                "-" + version + ".tar.gz.sha256",
                "-" + version + "-py3-none-any.whl")) {
            all.add("target/softlabel" + file);
        }
        for (String kind : List.of("", "-sinks", "-sources", "-javadoc")) {
            all.add("src/target/softlabel-" + version + kind + ".jar");
        }
        for (String kind : List.of("", "-sources", "-javadoc")) {
            all.add("bigdl/target/softlabel-bigdl-" + version + kind + ".jar");
        }
        all.addAll(List.of("src/target/flattened-pom.xml", "bigdl/target/flattened-pom.xml"));
        return all;
    }

    /** The digests of what is published, each with its file. */
    private static List<String> sums(Path checkout) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("sh", "-c", "cd \"$0\" && exec sha256sum \"$@\"", checkout.toString()));
        command.addAll(published());
        return Program.run(Map.of(), command).ended(0).output().lines().toList();
    }

    /** The modules' jars that were made, of which none may be missing in {@link #published}. */
    private static Set<String> jars(Path checkout) throws IOException {
        Set<String> all = new TreeSet<>();
        for (String module : List.of("src/target", "bigdl/target")) {
            try (Stream<Path> files = Files.list(checkout.resolve(module))) {
                files.map(f -> checkout.relativize(f).toString())
                        .filter(f -> f.endsWith(".jar"))
                        .forEach(all::add);
            }
        }
        return all;
    }

    @Test
    void theSameCommitGivesTheSameBytesInAnotherFolder() throws Exception {
        Path second = Checkout.into(dir.resolve("a-second-folder"));
        maven(second, "-P", "release", "package", "-Dsoftlabel.url=" + address(), "-Dsoftlabel.scm=" + scm())
                .ended(0);
        Set<String> jars = jars(first);
        jars.removeAll(published());
        assertEquals(Set.of(), jars);
        assertEquals(jars(first), jars(second));
        assertEquals(String.join("\n", sums), String.join("\n", sums(second)));
    }

    @Test
    void aProgramUsesTheArtifactsOfTheRepository() throws Exception {
        for (String artifact : List.of("softlabel", "softlabel-bigdl")) {
            Path folder = repository.resolve("ai/softlabel").resolve(artifact).resolve(version);
            for (String kind : List.of("", "-sources", "-javadoc")) {
                assertTrue(Files.exists(folder.resolve(artifact + "-" + version + kind + ".jar")), artifact + kind);
            }
            String pom = Files.readString(folder.resolve(artifact + "-" + version + ".pom"));
            assertFalse(pom.contains("<parent>") || pom.contains("${"), pom);
            for (String element : List.of(
                    "<url>" + address() + "</url>",
                    "<connection>" + scm() + "</connection>",
                    "<developerConnection>" + scm() + "</developerConnection>",
                    "<name>The Softlabel authors</name>",
                    "<name>Apache-2.0</name>")) {
                assertTrue(pom.contains(element), element + " in " + pom);
            }
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
        maven(consumer, "-Dsoftlabel.repository=" + repository.toUri(), "-Dsoftlabel.version=" + version, "package")
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
        Path built = first.resolve("src/target/softlabel-" + version + ".jar");
        old(version + "-same", built, Map.of());
        api(version + "-same").ended(0);
        Map<String, String> renamed = Map.of("classifyAll", "classifyEvr");
        old(version + "-more", built, renamed);
        Program lacking = api(version + "-more");
        assertNotEquals(0, lacking.status(), lacking.output());
        assertTrue(lacking.output().contains("incompatible changes found"), lacking.output());
        String difference = Files.readString(first.resolve("src/target/japicmp/api.diff"));
        assertTrue(difference.contains("classifyEvr"), difference);
        // Before 1.0 a minor version may, and 1.0 may.
        old("0.1.9", built, renamed);
        api("0.1.9").ended(0);
        Program none = maven(first, "-P", "api", "package").ended(0);
        assertTrue(
                none.output().contains("softlabel: expected a release to compare the API with, found none yet"),
                none.output());
    }

    /** The check of the API against a release. */
    private static Program api(String release) throws IOException, InterruptedException {
        return maven(first, "-P", "api", "package", "-Dlast.release=" + release);
    }

    /** An older release in the local repository: a jar whose classes have other names for some of their methods. */
    private static void old(String release, Path jar, Map<String, String> renamed) throws IOException {
        Path folder =
                Files.createDirectories(local.resolve("ai/softlabel/softlabel").resolve(release));
        Path copy = folder.resolve("softlabel-" + release + ".jar");
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
                folder.resolve("softlabel-" + release + ".pom"),
                "<project><modelVersion>4.0.0</modelVersion><groupId>ai.softlabel</groupId><artifactId>softlabel</artifactId><version>"
                        + release + "</version></project>");
    }
}
