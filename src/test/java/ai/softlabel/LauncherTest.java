package ai.softlabel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the launcher and the build's first step say where the machine is not as it should be. */
class LauncherTest {
    private static final String FETCHING = "softlabel: fetching BigDL's two wheels, 116 MB\n";

    @TempDir
    Path dir;

    private String output;

    private int run(Map<String, String> environment, String... command) throws IOException, InterruptedException {
        Program ran = Program.run(environment, List.of(command));
        output = ran.output();
        return ran.status();
    }

    private Path script(String name, String text) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + text);
        assertTrue(file.toFile().setExecutable(true));
        return file;
    }

    /** A copy of the launcher that has nothing to build. */
    private Path launcher() throws IOException {
        Path launcher = dir.resolve("project/submit/softlabel");
        Files.createDirectories(launcher.getParent());
        return Files.copy(Path.of("submit/softlabel"), launcher, StandardCopyOption.REPLACE_EXISTING);
    }

    /** What the launcher gives to spark-submit, where SOFTLABEL_SPARK_ARGS is {@code more}. */
    private String submitted(String more, String... arguments) throws IOException, InterruptedException {
        Files.createDirectories(dir.resolve("spark/jars"));
        Files.writeString(dir.resolve("spark/jars/spark-core_2.13-4.1.0.jar"), "");
        script("spark/bin/spark-submit", "echo \"$@\"\n");
        List<String> command = new ArrayList<>(List.of("bash", launcher().toString()));
        command.addAll(List.of(arguments));
        Map<String, String> environment = Map.of(
                "SPARK_HOME",
                dir.resolve("spark").toString(),
                "SOFTLABEL_DRIVER_MEMORY",
                "3g",
                "SOFTLABEL_SPARK_ARGS",
                more);
        assertEquals(0, run(environment, command.toArray(String[]::new)), output);
        return output;
    }

    @Test
    void onnxRuntimeIsGivenToACommandThatNamesItsEngine() throws Exception {
        launcher();
        Path jar = dir.resolve("project/target/onnxruntime.jar");
        Files.createDirectories(jar.getParent());
        assertFalse(submitted("", "predict", "--engine", "onnxruntime").contains("--jars"), output);
        Files.writeString(jar, "");
        assertTrue(submitted("", "predict", "--engine=auto").contains("--jars " + jar.toRealPath()), output);
        assertFalse(submitted("", "predict", "--top-k", "3").contains("--jars"), output);
    }

    @Test
    void heapsHaveOneSizeWhereMemoryIsMeasured() throws Exception {
        assertTrue(submitted("", "bench", "size", "--out", "x").contains(" -Xms3g -XX:+AlwaysPreTouch "), output);
        assertTrue(submitted("", "bench", "--case", "size-answers").contains("-Xms3g"), output);
        assertTrue(
                submitted("", "bench", "--image-size", "64", "size", "--out", "x")
                        .contains("-Xms3g"),
                output);
        assertTrue(submitted("", "bench", "--image-size=64", "size-train").contains("-Xms3g"), output);
        // A word of another meaning.
        assertFalse(submitted("", "bench", "train", "--out", "size").contains("-Xms"), output);
        assertFalse(submitted("", "bench", "--out", "size", "train").contains("-Xms"), output);
        assertFalse(submitted("", "train", "--out", "size").contains("-Xms"), output);

        String[] two = {"bench", "--case=size-train", "--master", "local-cluster[2,1,4096]"};
        assertTrue(submitted("", two).contains("extraJavaOptions=-Xms2048m -XX:+AlwaysPreTouch"), output);
        // A JVM does not start with a heap larger than its largest.
        String own = submitted("--driver-memory 2g --conf spark.executor.memory=1024", two);
        assertTrue(own.contains(" -Xms2g ") && own.contains("extraJavaOptions=-Xms1024m "), own);
    }

    /** What the launcher says where SPARK_HOME has this jar and no other. */
    private int sparkOf(String jar) throws IOException, InterruptedException {
        Path spark = dir.resolve("spark-" + jar);
        Files.createDirectories(spark.resolve("jars"));
        Files.writeString(spark.resolve("jars").resolve(jar), "");
        script(spark.resolve("bin/spark-submit").toString(), "echo submitted\n");
        return run(Map.of("SPARK_HOME", spark.toString()), "bash", launcher().toString(), "train");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spark-core_2.12-3.5.6.jar",
                "spark-core_2.13-3.5.6.jar",
                "spark-core_2.13-4.4.0.jar",
                "spark-core_2.13-4.10.0.jar"
            })
    void anotherSparkIsRefused(String jar) throws Exception {
        assertEquals(2, sparkOf(jar));
        assertTrue(
                output.startsWith("softlabel: expected Spark 4.0 to 4.3 for Scala 2.13 at ")
                        && output.contains(", found " + jar + "; set SPARK_HOME to one")
                        && output.lines().count() == 1,
                output);
    }

    @Test
    void aFolderWithoutSparkIsRefused() throws Exception {
        assertEquals(
                2, run(Map.of("SPARK_HOME", dir.toString()), "bash", launcher().toString(), "train"));
        assertTrue(
                output.contains(" at " + dir + ", found none; ")
                        && output.lines().count() == 1,
                output);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"spark-core_2.13-4.0.2.jar", "spark-core_2.13-4.1.0.jar", "spark-core_2.13-4.3.0-vendor.3.jar"})
    void eachSparkThatWasRunIsTaken(String jar) throws Exception {
        assertEquals(0, sparkOf(jar), output);
        assertEquals("submitted\n", output);
    }

    @Test
    void thePySparkOfAnEnvironmentOnThePathIsFound() throws Exception {
        Path bin = dir.resolve("environment/bin");
        Path spark = Files.createDirectories(dir.resolve("environment/lib/pyspark"));
        Files.createDirectories(spark.resolve("jars"));
        Files.writeString(spark.resolve("jars/spark-core_2.13-4.1.0.jar"), "");
        script(spark.resolve("bin/spark-submit").toString(), "echo of $SPARK_HOME\n");
        script(bin.resolve("spark-submit").toString(), "echo of the environment\n");
        // As the real one: a variable that is set counts, even if it is empty.
        script(bin.resolve("python").toString(), "echo ${SPARK_HOME-" + spark + "}\n");
        Files.writeString(bin.resolve("find_spark_home.py"), "");
        assertEquals(
                0,
                run(
                        Map.of("SPARK_HOME", "", "PATH", bin + ":" + System.getenv("PATH")),
                        "bash",
                        launcher().toString(),
                        "train"),
                output);
        assertEquals("of " + spark + "\n", output);
    }

    @Test
    void anotherJavaIsRefused() throws Exception {
        script("jdk/bin/java", "echo '    java.specification.version = 11' >&2\n");
        assertEquals(2, run(Map.of("JAVA_HOME", dir.resolve("jdk").toString()), "bash", "submit/softlabel", "train"));
        assertTrue(output.equals("softlabel: expected Java 17 or 21, found 11; set JAVA_HOME to a JDK 17\n"), output);
    }

    /**
     * A checkout with nothing built, and programs that stand for Maven's and Python's; only what {@code path} has is
     * found.
     */
    private int build(Path path) throws IOException, InterruptedException {
        Path project = dir.resolve("checkout");
        for (String file : List.of("submit/softlabel", "submit/build")) {
            Files.createDirectories(project.resolve(file).getParent());
            Files.copy(
                    Path.of(file),
                    project.resolve(file),
                    StandardCopyOption.COPY_ATTRIBUTES,
                    StandardCopyOption.REPLACE_EXISTING);
        }
        Files.writeString(project.resolve("pom.xml"), "");
        Files.createDirectories(project.resolve("bigdl"));
        Files.createDirectories(project.resolve("src/main"));
        Files.writeString(project.resolve("src/pom.xml"), "");
        Files.createDirectories(path);
        for (String program :
                List.of("bash", "cut", "dirname", "find", "grep", "mkdir", "readlink", "sleep", "uname")) {
            if (!Files.exists(path.resolve(program))) {
                Files.createSymbolicLink(path.resolve(program), Path.of("/usr/bin", program));
            }
        }
        return run(
                Map.of("PATH", path.toString(), "JAVA_HOME", System.getProperty("java.home")),
                "/bin/bash",
                project.resolve("submit/softlabel").toString(),
                "train");
    }

    @Test
    void whatTheBuildNeedsIsToldBeforeItStarts() throws Exception {
        Path path = dir.resolve("path");
        assertEquals(2, build(path));
        assertTrue(output.matches("softlabel: expected Maven on the path, .* found none; install it\n"), output);
        script("path/mvn", "exit 1\n");
        assertEquals(2, build(path));
        assertTrue(output.matches("softlabel: expected Python 3 with pip, .* found none; install it .*\n"), output);
        script("path/python3", "exit 1\n");
        assertEquals(2, build(path));
        assertTrue(output.matches("softlabel: expected Python 3 with pip, .* without pip; install it .*\n"), output);
    }

    @Test
    void aBuildTellsWhatItDownloadsAndWhyItFailed() throws Exception {
        Path path = dir.resolve("path");
        script("path/python3", "exit 0\n");
        script("path/mvn", """
                echo 'Downloaded from central: https://host/a/spark-core_2.13-4.1.0.jar (14 MB at 5.2 MB/s)'
                echo 'Downloaded from central: https://host/a/a.pom (322 kB at 5.2 MB/s)'
                echo '[INFO] --- compiler:3.13.0:compile (default-compile) @ softlabel ---'
                sleep 11
                echo '[ERROR] Could not transfer artifact a:b:jar:1: host: Name or service not known'
                exit 1
                """);
        assertEquals(2, build(path));
        List<String> lines = output.lines().toList();
        assertEquals(3, lines.size(), output);
        assertTrue(lines.get(0).startsWith("softlabel: first start: building the job, with Spark and BigDL"), output);
        assertTrue(lines.get(1).matches("softlabel: compiling; downloaded 2 files, 14 MB; 1\\d s"), output);
        assertTrue(
                lines.get(2)
                                .startsWith(
                                        "softlabel: expected Maven to download what the build needs, found that it could"
                                                + " not: Could not transfer artifact a:b:jar:1")
                        && lines.get(2).endsWith("check the network and Maven's settings, then start again"),
                output);
        assertTrue(Files.readString(dir.resolve("checkout/target/build.log")).contains("spark-core"));
    }

    @Test
    void aPythonWithoutPipIsOneLine() throws Exception {
        // -S leaves the installed packages out, -I the user's.
        assertEquals(
                1,
                run(
                        Map.of(),
                        "python3",
                        "-I",
                        "-S",
                        "bigdl/fetch.py",
                        "bigdl/wheels.txt",
                        dir.toString(),
                        dir.resolve("merged.jar").toString()));
        assertTrue(
                output.startsWith("softlabel: expected Python 3 with pip")
                        && output.lines().count() == 1,
                output);
    }

    @Test
    void aCachedWheelOfAnotherHashIsNotUsed() throws Exception {
        Files.writeString(dir.resolve("bigdl_core-2.3.0-py3-none-manylinux2010_x86_64.whl"), "something else");
        Files.writeString(dir.resolve("bigdl_dllib_spark3-2.4.0-py3-none-manylinux1_x86_64.whl"), "something else");
        // pip finds no index here; what matters is that the files of the wrong hash are gone before it is asked.
        Map<String, String> nowhere = Map.of("PIP_NO_INDEX", "1", "PIP_FIND_LINKS", "");
        assertEquals(
                1,
                run(
                        nowhere,
                        "python3",
                        "bigdl/fetch.py",
                        "bigdl/wheels.txt",
                        dir.toString(),
                        dir.resolve("merged.jar").toString()));
        assertTrue(
                output.startsWith(FETCHING + "softlabel: expected pip to download BigDL's wheels, found ")
                        && output.lines().count() == 2,
                output);
        assertEquals(
                0,
                TestFiles.list(dir).stream()
                        .filter(f -> f.toString().endsWith(".whl"))
                        .count());
    }

    @Test
    void aWheelOfAnotherHashThanThePinIsSaid() throws Exception {
        Files.writeString(
                dir.resolve("wheels.txt"),
                Files.readString(Path.of("bigdl/wheels.txt")).replaceAll("sha256:[0-9a-f]{8}", "sha256:00000000"));
        assertEquals(
                1,
                run(
                        Map.of(),
                        "python3",
                        "bigdl/fetch.py",
                        dir.resolve("wheels.txt").toString(),
                        dir.toString(),
                        dir.resolve("merged.jar").toString()));
        assertTrue(
                output.startsWith(FETCHING + "softlabel: expected the sha256 pinned in ")
                        && output.contains("the index served another file")
                        && output.lines().count() == 2,
                output);
    }
}
