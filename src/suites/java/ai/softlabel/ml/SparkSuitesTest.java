package ai.softlabel.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.feature.BinarizerSuite;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.ParamsSuite;
import org.apache.spark.ml.util.MLTestingUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.BoxedUnit;

/**
 * What Spark asks of its own stages, by Spark's own tests: {@code MLTest}, {@code DefaultReadWriteTest},
 * {@code MLTestingUtils} and {@code ParamsSuite} of spark-mllib's test jar. A suite of Spark's lends the traits.
 */
class SparkSuitesTest {
    @TempDir
    static Path dir;

    private static final BinarizerSuite SPARK = new BinarizerSuite();

    private static Dataset<Row> rows;
    private static ImageClassifier classifier;
    private static ImageClassificationModel model;
    private static ProbabilityCalibrator calibrator;
    private static Dataset<Row> scored;

    @BeforeAll
    static void train() throws IOException {
        Sessions.pictures(dir, 2, 12, 2);
        SPARK.beforeAll();
        rows = Sessions.binaryFiles(SPARK.spark(), dir.resolve("images"))
                .withColumn("label", functions.expr("cast(breed = min(breed) over () as int)"))
                .cache();
        classifier = Sessions.small().setLabelCol("label").setBatchSize(8);
        model = classifier.fit(rows);
        calibrator = new ProbabilityCalibrator().setMethod("temperature");
        scored = model.transform(rows).drop("content").cache();
    }

    @AfterAll
    static void stop() {
        SPARK.afterAll();
    }

    private static Seq<String> columns(String... names) {
        return CollectionConverters.asScala(List.of(names)).toSeq();
    }

    private static Map<String, List<Object>> answers(Dataset<Row> data, String... columns) {
        Map<String, List<Object>> found = new HashMap<>();
        for (Row r : data.collectAsList()) {
            found.put(
                    r.getAs("path"),
                    Arrays.stream(columns).<Object>map(r::getAs).toList());
        }
        return found;
    }

    /** Spark's test on rows in memory and on a stream of them; each row must hold what {@code expected} does. */
    private static void transforms(
            Dataset<Row> data, Transformer stage, Map<String, List<Object>> expected, String... columns) {
        SPARK.testTransformer(
                data,
                stage,
                "path",
                columns(columns),
                row -> {
                    assertEquals(
                            expected.get(row.getString(0)),
                            Arrays.stream(columns).<Object>map(row::getAs).toList());
                    return BoxedUnit.UNIT;
                },
                Encoders.row(data.schema()));
    }

    @Test
    void modelsAnswerStreamsAsTheyAnswerRows() {
        String[] columns = {"rawPrediction", "probability", "prediction"};
        assertEquals(28, scored.count());
        transforms(rows, model, answers(scored, columns), columns);
        ProbabilityCalibratorModel fitted = calibrator.fit(scored);
        Map<String, List<Object>> expected =
                answers(fitted.transform(scored), "calibratedProbability", "calibratedPrediction");
        transforms(scored, fitted, expected, "calibratedProbability", "calibratedPrediction");
    }

    @Test
    void aPictureThatCanNotBeUsedEndsBatchesAndStreamsAlike() {
        Dataset<Row> broken = rows.withColumn("content", functions.lit(new byte[] {1, 2}));
        SPARK.testTransformerByInterceptingException(
                broken, model, "set handleInvalid to skip or keep", "prediction", Encoders.row(broken.schema()));
    }

    private static scala.collection.immutable.Map<String, Object> settings(Map<String, Object> values) {
        return scala.collection.immutable.Map.from(CollectionConverters.asScala(values));
    }

    private static <M extends Model<M>> BoxedUnit alike(M one, M other, Dataset<Row> data, String... columns) {
        assertEquals(answers(one.transform(data), columns), answers(other.transform(data), columns));
        return BoxedUnit.UNIT;
    }

    @Test
    void estimatorsAndModelsAreSavedAndLoadedAlsoOnALocalDisk() {
        Map<String, Object> columns =
                Map.of("featuresCol", "content", "predictionCol", "answer", "probabilityCol", "p");
        Map<String, Object> all = new HashMap<>(columns);
        all.putAll(Map.of("labelCol", "label", "epochs", 1, "imageSize", 64, "batchSize", 8, "replicas", 2));
        SPARK.<ImageClassifier, ImageClassificationModel>testEstimatorAndModelReadWrite(
                new ImageClassifier(),
                rows,
                settings(all),
                settings(columns),
                (one, other) -> alike(one, other, rows, "rawPrediction", "p", "answer"),
                false);
        Map<String, Object> own = Map.of("probabilityCol", "probability", "outputCol", "better");
        Map<String, Object> fit = new HashMap<>(own);
        fit.put("method", "temperature");
        SPARK.<ProbabilityCalibrator, ProbabilityCalibratorModel>testEstimatorAndModelReadWrite(
                new ProbabilityCalibrator(),
                scored,
                settings(fit),
                settings(own),
                (one, other) -> alike(one, other, scored, "better"),
                false);
        CalibrationEvaluator evaluator = new CalibrationEvaluator().setMetricName("brier");
        assertEquals("brier", SPARK.testDefaultReadWrite(evaluator, true, true).getMetricName());
    }

    private static <M extends Model<M>> void copies(Estimator<M> estimator, M fitted) {
        MLTestingUtils.checkCopyAndUids(estimator, fitted);
    }

    @Test
    void copiesKeepParentsAndParamsAreAsSparkWantsThem() {
        ProbabilityCalibratorModel fitted = calibrator.fit(scored);
        copies(classifier, model);
        copies(calibrator, fitted);
        for (Params stage : List.of(classifier, model, calibrator, fitted, new CalibrationEvaluator())) {
            ParamsSuite.checkParams(stage);
        }
    }

    @Test
    void columnsSayHowManyClassesThereAre() {
        SPARK.checkVectorSizeOnDF(scored, "probability", 2);
        SPARK.checkVectorSizeOnDF(scored, "rawPrediction", 2);
        SPARK.checkNominalOnDF(scored, "prediction", 2);
        Dataset<Row> calibrated = calibrator.fit(scored).transform(scored);
        SPARK.checkVectorSizeOnDF(calibrated, "calibratedProbability", 2);
        SPARK.checkNominalOnDF(calibrated, "calibratedPrediction", 2);
    }
}
