package ai.softlabel.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.data.SampleFiles;
import ai.softlabel.loss.LabelSmoothing;
import ai.softlabel.loss.Loss;
import ai.softlabel.loss.LossState;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trainings in a Spark application that is a user's own. */
class TrainingTest {
    @TempDir
    static Path dir;

    private static SparkSession spark;
    private static Dataset<Row> rows;

    @BeforeAll
    static void application() throws IOException {
        SampleFiles.pets(dir, 2, 12, 2);
        spark = SparkSession.builder()
                .master("local[2]")
                .appName("a user's")
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "127.0.0.1")
                .getOrCreate();
        rows = spark.read()
                .format("binaryFile")
                .option("pathGlobFilter", "*.jpg")
                .load(dir.resolve("images").toString())
                .withColumn("breed", functions.regexp_extract(functions.col("path"), "([^/]+)_\\d+\\.jpg$", 1));
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    private static TrainingBuilder small(String name) {
        return Training.builder()
                .featuresCol("path")
                .labelCol("breed")
                .imageSize(32)
                .batchSize(8)
                .replicas(2)
                .epochs(1)
                .runDir(dir.resolve(name).toString());
    }

    private static byte[] weights(TrainedRun run) throws IOException {
        return Files.readAllBytes(Path.of(URI.create(run.uri())).resolve("model.safetensors"));
    }

    @Test
    void aLossOfYourOwnThatIsLabelSmoothingGivesTheSameWeights() throws IOException {
        RowLoss own = (logits, target, gradient) -> {
            Loss smoothing = LabelSmoothing.of(0.2);
            return smoothing.row(logits, target, logits.length, 1, LossState.NONE, gradient);
        };
        TrainedRun builtIn = small("built-in").smoothing(0.2).fit(rows);
        TrainedRun custom = small("custom").loss("my-loss", own).fit(rows);
        assertEquals(builtIn.objectiveHistory(), custom.objectiveHistory());
        assertArrayEquals(weights(builtIn), weights(custom));
        assertTrue(Files.readString(Path.of(URI.create(custom.uri())).resolve("report.json"))
                .contains("\"loss\" : \"my-loss\""));
        TrainedRun twice = small("twice")
                .loss("twice", (logits, target, gradient) -> {
                    double loss = own.loss(logits, target, gradient);
                    for (int c = 0; c < gradient.length; c++) {
                        gradient[c] *= 2;
                    }
                    return 2 * loss;
                })
                .fit(rows);
        assertFalse(twice.objectiveHistory().equals(custom.objectiveHistory()), "another loss, another history");
    }

    private static JavaRDD<LabelledPicture> with(JavaRDD<LabelledPicture> pictures, LabelledPicture another) {
        return pictures.union(JavaSparkContext.fromSparkContext(spark.sparkContext())
                .parallelize(Collections.singletonList(another), 1));
    }

    private static String rejected(TrainedRun run) throws IOException {
        return Files.readString(Path.of(URI.create(run.uri())).resolve("rejected.jsonl"));
    }

    /**
     * Files and paths in an RDD, in any order of partitions, are the rows of a DataFrame: the same weights. A picture
     * of the other kind is rejected, and only files are copied.
     */
    @Test
    void anRddTrainsAsItsRowsDo() throws IOException {
        Dataset<Row> named = rows.withColumn("name", functions.col("path"));
        JavaRDD<LabelledPicture> paths =
                named.javaRDD().map(r -> LabelledPicture.of(r.<String>getAs("path"), r.getAs("breed")));
        JavaRDD<LabelledPicture> files = named.javaRDD()
                .map(r -> LabelledPicture.of(r.<String>getAs("path"), r.<byte[]>getAs("content"), r.getAs("breed")));
        TrainingBuilder builder = small("none").nameCol("name");
        JavaRDD<LabelledPicture> none = paths.filter(p -> false);
        assertTrue(assertThrows(IllegalArgumentException.class, () -> builder.fit(none))
                .getMessage()
                .contains("found none"));
        // After an RDD the builder still has the columns that were set.
        TrainedRun wanted = builder.runDir(dir.resolve("named").toString()).fit(named);
        String breed = wanted.classes().get(0);
        List<Boolean> copied = new ArrayList<>();
        TrainedRun ofPaths = small("paths")
                .onEpoch(e -> copied.add(Files.exists(dir.resolve("paths/.pictures"))))
                .fit(with(paths.repartition(3), LabelledPicture.of("a file", new byte[] {1}, breed)));
        TrainedRun ofFiles = small("files")
                .onEpoch(e -> copied.add(Files.exists(dir.resolve("files/.pictures"))))
                .fit(with(files, LabelledPicture.of("a path", breed)));
        assertEquals(List.of(false, true), copied);
        assertTrue(rejected(ofPaths).contains("expected a path, found null"), rejected(ofPaths));
        assertTrue(rejected(ofFiles).contains("a path") && rejected(ofFiles).contains("content of a file, found null"));
        assertEquals(wanted.classes(), ofFiles.classes());
        assertArrayEquals(weights(wanted), weights(ofPaths));
        assertArrayEquals(weights(wanted), weights(ofFiles));
        String message = assertThrows(
                        IllegalArgumentException.class, () -> small("null").fit(with(paths, null)))
                .getMessage();
        assertTrue(message.contains("found null; filter such elements out"), message);
    }

    @Test
    void anRddThatFailsEndsInOneLineAndIsNotRunWithoutARunDir() {
        JavaRDD<LabelledPicture> broken = rows.javaRDD().map(r -> {
            throw new IllegalStateException("a broken source");
        });
        String message = assertThrows(
                        SoftlabelException.class, () -> small("broken").fit(broken))
                .getMessage();
        assertTrue(message.contains("a broken source") && message.lines().count() == 1, message);
        TrainingBuilder nowhere = Training.builder();
        assertTrue(assertThrows(IllegalArgumentException.class, () -> nowhere.fit(broken))
                .getMessage()
                .contains("expected runDir"));
    }

    @Test
    void aNameThatIsTakenOrNoneIsRefused() {
        for (String name : List.of("label-smoothing", "My loss", "")) {
            String message = assertThrows(IllegalArgumentException.class, () -> Training.builder()
                            .loss(name, (logits, target, gradient) -> 0))
                    .getMessage();
            assertTrue(message.contains("found " + name), message);
        }
        assertThrows(IllegalArgumentException.class, () -> Training.builder().loss("mine", null));
    }

    @Test
    void theListenerHearsEveryEpochAndItsExceptionEndsTraining() {
        List<Epoch> heard = new ArrayList<>();
        Thread caller = Thread.currentThread();
        TrainedRun run = small("heard")
                .epochs(2)
                .validation(0.25)
                .onEpoch(e -> {
                    assertSame(caller, Thread.currentThread());
                    heard.add(e);
                })
                .fit(rows);
        assertEquals(List.of(1, 2), heard.stream().map(Epoch::number).toList());
        assertEquals(run.objectiveHistory(), heard.stream().map(Epoch::loss).toList());
        for (Epoch e : heard) {
            assertTrue(e.seconds() > 0 && e.imagesPerSecond() > 0 && e.learningRate() > 0, e.toString());
            assertTrue(e.validationError() >= 0 && e.validationNll() > 0, e.toString());
        }
        IllegalStateException enough = new IllegalStateException("enough");
        List<Epoch> first = new ArrayList<>();
        assertSame(enough, assertThrows(IllegalStateException.class, () -> small("ended")
                .epochs(3)
                .onEpoch(e -> {
                    first.add(e);
                    throw enough;
                })
                .fit(rows)));
        assertEquals(1, first.size());
        assertTrue(Double.isNaN(first.get(0).validationNll()));
    }

    @Test
    void twoTrainingsAtOnceEndAsEachAlone() throws Exception {
        TrainedRun alone = small("alone").fit(rows);
        TrainedRun other = small("other").seed(2).fit(rows);
        List<CompletableFuture<TrainedRun>> both = new ArrayList<>();
        for (long seed : new long[] {1, 2}) {
            both.add(CompletableFuture.supplyAsync(
                    () -> small("of-two-" + seed).seed(seed).fit(rows), r -> new Thread(r).start()));
        }
        assertArrayEquals(weights(alone), weights(both.get(0).get()));
        assertArrayEquals(weights(other), weights(both.get(1).get()));
        assertFalse(alone.objectiveHistory().equals(other.objectiveHistory()));
    }

    @Test
    void theSessionStaysAsItWas() {
        Level before = LogManager.getRootLogger().getLevel();
        Level odd = before.equals(Level.ERROR) ? Level.WARN : Level.ERROR;
        spark.sparkContext().setJobGroup("group", "the user's", false);
        String settings = spark.sparkContext().getConf().toDebugString();
        Configurator.setRootLevel(odd);
        try {
            TrainedRun run = small("joined").fit(rows);
            assertEquals(odd, LogManager.getRootLogger().getLevel());
            assertFalse(spark.sparkContext().isStopped());
            assertEquals("the user's", spark.sparkContext().getLocalProperty("spark.job.description"));
            assertEquals("group", spark.sparkContext().getLocalProperty("spark.jobGroup.id"));
            assertEquals(settings, spark.sparkContext().getConf().toDebugString());
            assertTrue(spark.sparkContext().getPersistentRDDs().isEmpty());
            try (Classifier classifier = Classifier.load(run.uri())) {
                assertEquals(run.classes(), classifier.classes());
            }
            assertThrows(SoftlabelException.class, () -> small("joined").fit(rows));
            assertEquals(odd, LogManager.getRootLogger().getLevel());
            assertEquals(28, rows.count(), "the application goes on");
        } finally {
            Configurator.setRootLevel(before);
            spark.sparkContext().clearJobGroup();
        }
    }
}
