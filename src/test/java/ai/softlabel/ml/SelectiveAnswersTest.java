package ai.softlabel.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.api.Classification;
import ai.softlabel.api.Classifier;
import ai.softlabel.api.SampleRun;
import ai.softlabel.api.SoftlabelException;
import ai.softlabel.calibrate.Calibration;
import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.calibrate.ConformalScores;
import ai.softlabel.calibrate.PredictionSets;
import ai.softlabel.calibrate.Selection;
import ai.softlabel.calibrate.Selection.Answered;
import ai.softlabel.calibrate.SetScore;
import ai.softlabel.files.Directory;
import ai.softlabel.metrics.Score;
import ai.softlabel.run.CalibrationFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Abstention and prediction sets of the model and of the classifier are those of {@code predict}. */
class SelectiveAnswersTest {
    private static final double MAX_ERROR = 0.05;
    private static final double COVERAGE = 0.75;

    @TempDir
    static Path dir;

    private static Path run;
    private static Map<String, Row> predicted;
    private static SparkSession spark;
    private static Dataset<Row> rows;

    /** A run whose threshold for the error is the median score, and whose sets have one class or several. */
    @BeforeAll
    static void runAndPredictions() throws IOException {
        run = dir.resolve("run");
        Path pets = dir.resolve("pets");
        SampleRun.train(pets, run);
        double[] scores = SampleRun.predict(run, pets, dir.resolve("scores")).values().stream()
                .mapToDouble(r -> Score.MAX_PROBABILITY.of(logits(r)))
                .sorted()
                .toArray();
        double median = scores[scores.length / 2];
        calibrate(run, median, SetScore.LAC);
        predicted = SampleRun.predict(run, pets, dir.resolve("out"), MAX_ERROR, COVERAGE);
        spark = Sessions.start();
        rows = Sessions.binaryFiles(spark, pets.resolve("images")).cache();
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    private static float[] logits(Row r) {
        List<Float> list = r.getList(r.fieldIndex("logits"));
        float[] out = new float[list.size()];
        for (int c = 0; c < out.length; c++) {
            out[c] = list.get(c);
        }
        return out;
    }

    /** At the median 1 of 500 held-out answers is wrong, below it 400 of 1,000. */
    private static void calibrate(Path to, double median, SetScore score) throws IOException {
        Answered[] counts = {new Answered(500, 1), new Answered(1000, 400)};
        Map<String, Score> byName = new TreeMap<>();
        Score.candidates().forEach(s -> byName.put(s.name(), s));
        Map<Score, Double> aurc = new HashMap<>();
        byName.values().forEach(s -> aurc.put(s, 0.1));
        Selection selection = new Selection(
                Score.MAX_PROBABILITY, aurc, new double[] {median, Double.NEGATIVE_INFINITY}, counts, counts);
        double[] held = new double[20];
        for (int i = 0; i < held.length; i++) {
            held[i] = 0.5 + i / 50.0;
        }
        PredictionSets sets = new PredictionSets(
                score,
                List.of(new Calibrator.Temperature(0.5)),
                new ConformalScores(held, new int[held.length], new int[held.length]));
        CalibrationFile.write(
                new Calibration(new Calibrator.Temperature(0.5), selection, sets),
                Directory.of("model", to.toString(), new Configuration()));
    }

    private static ImageClassificationModel model() {
        return ImageClassificationModel.fromRun(run.toString()).setFeaturesCol("content");
    }

    private static Path file(String path) {
        return dir.resolve("pets").resolve(path);
    }

    private static Map<Path, Row> byFile(Dataset<Row> scored) {
        Map<Path, Row> found = new HashMap<>();
        scored.collectAsList().forEach(r -> found.put(Path.of(URI.create(r.getAs("path"))), r));
        return found;
    }

    @Test
    void theModelAbstainsAndMakesSetsAsPredictDoes() {
        Map<Path, Row> scored =
                byFile(model().setMaxError(MAX_ERROR).setCoverage(COVERAGE).transform(rows));
        assertEquals(predicted.size(), scored.size());
        long abstained = 0;
        for (Map.Entry<String, Row> e : predicted.entrySet()) {
            Row own = scored.get(file(e.getKey()).toAbsolutePath());
            Row other = e.getValue();
            assertEquals(other.<Boolean>getAs("abstain"), own.<Boolean>getAs("abstain"), e.getKey());
            assertEquals(
                    other.getList(other.fieldIndex("prediction_set")),
                    own.getList(own.fieldIndex("predictionSet")),
                    e.getKey());
            abstained += own.<Boolean>getAs("abstain") ? 1 : 0;
        }
        assertEquals(predicted.size() / 2, abstained, "those below the median");
        assertTrue(
                predicted.values().stream()
                                .map(r -> r.getList(r.fieldIndex("prediction_set"))
                                        .size())
                                .distinct()
                                .count()
                        > 1,
                "sets differ in size");
    }

    @Test
    void theClassifierSaysTheSame() {
        try (Classifier classifier = Classifier.builder(run.toString())
                        .maxError(MAX_ERROR)
                        .coverage(COVERAGE)
                        .load();
                Classifier all = Classifier.load(run.toString())) {
            List<String> paths = predicted.keySet().stream().sorted().limit(20).toList();
            List<Classification> answers =
                    classifier.classifyAll(paths.stream().map(p -> file(p)).toList());
            for (int i = 0; i < paths.size(); i++) {
                Row row = predicted.get(paths.get(i));
                assertEquals(row.<Boolean>getAs("abstain"), answers.get(i).abstain());
                assertEquals(
                        row.getList(row.fieldIndex("prediction_set")),
                        answers.get(i).predictionSet());
            }
            Classification plain = all.classify(file(paths.get(0)));
            assertFalse(plain.abstain());
            assertNull(plain.predictionSet());
        }
    }

    @Test
    void setsWithARandomShareAreTheSameForPathsAndContentAndInTheClassifier() throws IOException {
        Path aps = dir.resolve("aps");
        model().write().overwrite().save(aps.toString());
        calibrate(aps.resolve("run"), 0, SetScore.APS);
        ImageClassificationModel model = ImageClassificationModel.load(aps.toString())
                .setCoverage(COVERAGE)
                .setPredictionSetCol("classes");
        Map<Path, Row> content = byFile(model.transform(rows));
        Map<Path, Row> paths = byFile(model.setFeaturesCol("path").transform(rows));
        try (Classifier classifier = Classifier.builder(aps.resolve("run").toString())
                .coverage(COVERAGE)
                .load()) {
            for (Map.Entry<Path, Row> e : content.entrySet()) {
                List<String> set = e.getValue().getList(e.getValue().fieldIndex("classes"));
                Row byPath = paths.get(e.getKey());
                assertEquals(set, byPath.getList(byPath.fieldIndex("classes")));
                assertEquals(set, classifier.classify(e.getKey()).predictionSet());
            }
        }
        assertFalse(List.of(content.values().iterator().next().schema().fieldNames())
                .contains("abstain"));
    }

    @Test
    void aPictureThatCanNotBeUsedHasNeither() {
        Row kept = model().setHandleInvalid("keep")
                .setMinCoverage(0.4)
                .setAbstainCol("unsure")
                .setCoverage(COVERAGE)
                .transform(rows.limit(1).withColumn("content", functions.lit(new byte[] {1})))
                .head();
        assertNull(kept.getAs("unsure"));
        assertNull(kept.getAs("predictionSet"));
    }

    @Test
    void theSchemaIsKnownBeforeTraining() {
        ImageClassifier estimator = Sessions.small().setMinCoverage(0.5).setCoverage(0.9);
        List<String> names = List.of(estimator.transformSchema(rows.schema()).fieldNames());
        assertTrue(names.containsAll(List.of("abstain", "predictionSet")), names.toString());
    }

    private static String refused(ImageClassificationModel model) {
        String message = assertThrows(SoftlabelException.class, () -> model.transform(rows))
                .getMessage();
        assertFalse(message.contains("--") || message.contains("\n"), message);
        return message;
    }

    @Test
    void limitsThatCanNotHoldAreRefusedInOneLine() throws IOException {
        Path plain = dir.resolve("plain");
        model().write().overwrite().save(plain.toString());
        CalibrationFile.write(
                new Calibrator.None(),
                Directory.of("model", plain.resolve("run").toString(), new Configuration()));
        ImageClassificationModel none = ImageClassificationModel.load(plain.toString());
        assertTrue(refused(none.setCoverage(0.9)).startsWith("expected thresholds and prediction sets"));
        assertTrue(refused(ImageClassificationModel.load(plain.toString()).setMaxError(0.1))
                .contains("found none"));
        assertTrue(refused(model().setMaxError(1e-4)).contains("raise maxError or hold out more pictures"));
        assertTrue(refused(model().setMaxError(0.1).setMinCoverage(0.5))
                .startsWith("expected maxError or minCoverage, found both"));
        assertThrows(SoftlabelException.class, () -> Classifier.builder(
                        plain.resolve("run").toString())
                .maxError(0.1)
                .load());
        assertThrows(IllegalArgumentException.class, () -> Classifier.builder(run.toString())
                .coverage(1));
    }
}
