package ai.softlabel.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Program;
import ai.softlabel.TestFiles;
import ai.softlabel.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline that was trained on the pets here, in another JVM and on the command line. */
class SavedPipelineTest {
    private static final List<String> BREEDS = List.of("Abyssinian", "beagle", "Sphynx");
    private static final int EACH = 24;

    @TempDir
    static Path dir;

    /** In a new JVM: loads a pipeline, and prints its answers to the pictures of a folder. */
    static final class Load {
        private Load() {}

        public static void main(String[] args) throws IOException {
            SparkSession spark = Sessions.start();
            Files.write(
                    Path.of(args[2]),
                    lines(answers(
                            PipelineModel.load(args[0]).transform(Sessions.binaryFiles(spark, Path.of(args[1]))))));
            spark.stop();
        }
    }

    /**
     * Trains a pipeline on some of the pets, which it copies, saves it, and prints its answers: PICTURES SAVED ANSWERS.
     */
    static final class Train {
        private Train() {}

        public static void main(String[] args) throws IOException {
            Path pictures = Files.createDirectories(Path.of(args[0]));
            pets(pictures);
            SparkSession spark = Sessions.start();
            Dataset<Row> rows = Sessions.binaryFiles(spark, pictures);
            PipelineModel model = trained(rows, pictures.resolveSibling("trained"));
            model.save(args[1]);
            Files.write(Path.of(args[2]), lines(answers(model.transform(rows))));
            spark.stop();
        }
    }

    private static List<String> lines(Map<String, String> answers) {
        return answers.entrySet().stream()
                .map(a -> a.getKey() + "\t" + a.getValue())
                .toList();
    }

    private static void pets(Path to) throws IOException {
        Path pets = TestFiles.shared("pets").resolve("images");
        for (String breed : BREEDS) {
            try (Stream<Path> all = Files.list(pets)) {
                for (Path p : all.filter(f -> f.getFileName().toString().matches(breed + "_\\d+\\.jpg"))
                        .sorted()
                        .limit(EACH)
                        .toList()) {
                    Files.copy(p, to.resolve(p.getFileName()));
                }
            }
        }
    }

    private static PipelineModel trained(Dataset<Row> rows, Path run) {
        return new Pipeline()
                .setStages(new PipelineStage[] {
                    new StringIndexer()
                            .setInputCol("breed")
                            .setOutputCol("index")
                            .setStringOrderType("alphabetAsc"),
                    Sessions.small()
                            .setLabelCol("index")
                            .setValidation(0.3)
                            .setRecalibrate("temperature")
                            .setRunDir(run.toString())
                })
                .fit(rows);
    }

    /** By file name: the class, and all bits of the logits and the probabilities. */
    private static Map<String, String> answers(Dataset<Row> scored) {
        Map<String, String> found = new TreeMap<>();
        for (Row r : scored.select("path", "prediction", "rawPrediction", "probability")
                .collectAsList()) {
            found.put(
                    Path.of(r.getString(0)).getFileName().toString(),
                    (int) r.getDouble(1) + " " + bits(r.<Vector>getAs(2).toArray()) + " "
                            + bits(r.<Vector>getAs(3).toArray()));
        }
        return found;
    }

    private static String bits(double[] values) {
        StringBuilder text = new StringBuilder();
        for (double v : values) {
            text.append(Long.toHexString(Double.doubleToRawLongBits(v))).append(',');
        }
        return text.toString();
    }

    private static void java(Class<?> main, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(JavaModuleOptions.defaultModuleOptionArray()));
        command.addAll(List.of("-Xmx2g", "-Dspark.ui.enabled=false", "-Dspark.driver.host=127.0.0.1"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        Program.run(Map.of(), command).ended(0);
    }

    /** What the command line says of the pictures with a run's model. */
    private static Map<String, String> predicted(Path run, Path pictures, Path out, List<String> classes)
            throws Exception {
        java(
                Main.class,
                "predict",
                "--master",
                "local[2]",
                "--model",
                run.toString(),
                "--data",
                pictures.toString(),
                "--out",
                out.toString(),
                "--all-probabilities");
        SparkSession spark = Sessions.start();
        Map<String, String> found = new TreeMap<>();
        for (Row r : spark.read()
                .parquet(out.resolve("predictions.parquet").toString())
                .collectAsList()) {
            found.put(
                    r.getAs("path"),
                    classes.indexOf(r.<String>getAs("class")) + " "
                            + bits(r.<Float>getList(r.fieldIndex("logits")).stream()
                                    .mapToDouble(Float::doubleValue)
                                    .toArray())
                            + " "
                            + bits(r.<Double>getList(r.fieldIndex("probabilities")).stream()
                                    .mapToDouble(Double::doubleValue)
                                    .toArray()));
        }
        return found;
    }

    @Test
    @Tag("spark")
    void answersAreTheSameBitsAfterLoadingInANewJvmAndOnTheCommandLine() throws Exception {
        Path pictures = Files.createDirectories(dir.resolve("pictures"));
        pets(pictures);
        Path run = dir.resolve("run");
        SparkSession spark = Sessions.start();
        Dataset<Row> rows = Sessions.binaryFiles(spark, pictures);
        PipelineModel model = trained(rows, run);
        ImageClassificationModel own = (ImageClassificationModel) model.stages()[1];
        List<String> classes = List.of(own.labels());
        assertEquals(BREEDS.stream().sorted().toList(), classes);
        assertEquals("temperature", own.calibration());
        Map<String, String> here = answers(model.transform(rows));
        assertEquals(BREEDS.size() * EACH, here.size());
        assertTrue(here.values().stream().distinct().count() > here.size() / 2, "pictures differ");
        Path saved = dir.resolve("pipeline");
        model.save(saved.toString());
        spark.stop();

        Path there = dir.resolve("answers.txt");
        java(Load.class, saved.toString(), pictures.toString(), there.toString());
        assertEquals(lines(here), Files.readAllLines(there));

        Path stage = saved.resolve("stages").resolve("1_" + own.uid()).resolve("run");
        try {
            assertEquals(here, predicted(run, pictures, dir.resolve("of-run"), classes));
            assertEquals(here, predicted(stage, pictures, dir.resolve("of-stage"), classes));
        } finally {
            Sessions.start().stop();
        }
    }
}
