package ai.softlabel.cluster;

import ai.softlabel.Program;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A folder that works as SPARK_HOME with what a distribution has and the build does not fetch. */
final class SparkHome {
    /** The jars of Spark on Kubernetes, by their beginnings. */
    private static final List<String> KUBERNETES = List.of(
            "spark-kubernetes",
            "kubernetes-client",
            "kubernetes-model",
            "kubernetes-httpclient",
            "zjsonpatch",
            "vertx-",
            "snakeyaml",
            "jackson-dataformat-yaml",
            "jackson-datatype-jsr310");

    private SparkHome() {}

    /** The build's jars and those of Spark on Kubernetes. */
    static Path withKubernetes(Path dir) throws IOException {
        Path jars = linked(dir);
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path jar = Path.of(entry);
            String name = jar.getFileName().toString();
            if (KUBERNETES.stream().anyMatch(name::startsWith) && !Files.exists(jars.resolve(name))) {
                Files.createSymbolicLink(jars.resolve(name), jar);
            }
        }
        return dir;
    }

    /** The build's jars and that of Spark on YARN, out of pyspark's archive. */
    static Path withYarn(Path dir) throws IOException, InterruptedException {
        Path jars = linked(dir);
        Path cache = Path.of("target/spark-yarn").toAbsolutePath();
        Program.run("python3", "src/test/python/fetch_spark_yarn.py", cache.toString())
                .ended(0);
        Path jar = cache.resolve("spark-yarn_2.13-4.1.0.jar");
        Files.createSymbolicLink(jars.resolve(jar.getFileName()), jar);
        return dir;
    }

    private static Path linked(Path dir) throws IOException {
        Path jars = Files.createDirectories(dir.resolve("jars"));
        try (Stream<Path> all = Files.list(Path.of(System.getenv("SPARK_HOME"), "jars"))) {
            for (Path jar : all.toList()) {
                Files.createSymbolicLink(jars.resolve(jar.getFileName()), jar.toAbsolutePath());
            }
        }
        return jars;
    }
}
