package ai.softlabel.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stages on executors of their own, of which one is lost. */
@Tag("long")
class ClusterStagesTest {
    @TempDir
    static Path dir;

    private static SparkSession spark;
    private static Dataset<Row> rows;

    @BeforeAll
    static void executors() throws IOException {
        Sessions.pictures(dir, 2, 16, 4);
        spark = SparkSession.builder()
                .master("local-cluster[2,1,1536]")
                .appName("a user's")
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.executor.memory", "1536m")
                .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
                .config("spark.sql.shuffle.partitions", "2")
                .getOrCreate();
        // Where runs are kept that are given no place.
        spark.sparkContext().setCheckpointDir(dir.resolve("shared").toString());
        rows = Sessions.binaryFiles(spark, dir.resolve("images"));
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    /** Ends the executor that reads this row, the first time. */
    private static FilterFunction<Row> endingOnce(String marker) {
        return row -> {
            if (row.<String>getAs("path").endsWith("_3.jpg")) {
                try {
                    Files.createFile(Path.of(marker));
                    Runtime.getRuntime().halt(1);
                } catch (FileAlreadyExistsException e) {
                    return true;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            return true;
        };
    }

    private static List<Row> answers(Dataset<Row> scored) {
        return scored.select("path", "rawPrediction", "probability", "prediction")
                .sort("path")
                .collectAsList();
    }

    @Test
    void theLossOfAnExecutorChangesNoBit() {
        ImageClassifier classifier = Sessions.small();
        ImageClassificationModel model = classifier.fit(rows);
        List<Row> expected = answers(model.transform(rows));
        assertEquals(40, expected.size());
        Path scoring = dir.resolve("scoring");
        assertEquals(expected, answers(model.transform(rows.filter(endingOnce(scoring.toString())))));
        assertTrue(Files.exists(scoring));
        Path training = dir.resolve("training");
        assertEquals(
                expected,
                answers(classifier
                        .fit(rows.filter(endingOnce(training.toString())))
                        .transform(rows)));
        assertTrue(Files.exists(training));
    }

    @Test
    void crossValidationFitsEachFold() {
        ImageClassifier classifier = Sessions.small().setLabelCol("label");
        CrossValidatorModel best = new CrossValidator()
                .setEstimator(classifier)
                .setEvaluator(new CalibrationEvaluator().setMetricName("nll"))
                .setEstimatorParamMaps(new ParamGridBuilder()
                        .addGrid(classifier.lr(), new double[] {0.002, 0.02})
                        .build())
                .setNumFolds(2)
                .setSeed(1)
                .fit(rows.selectExpr("*", "cast(breed = min(breed) over () as int) as label"));
        assertEquals(2, best.avgMetrics().length);
        assertTrue(best.avgMetrics()[0] > 0 && best.avgMetrics()[0] != best.avgMetrics()[1]);
        assertTrue(best.bestModel() instanceof ImageClassificationModel);
    }
}
