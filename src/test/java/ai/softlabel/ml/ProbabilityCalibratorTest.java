package ai.softlabel.ml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.metrics.CalibrationError;
import ai.softlabel.metrics.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.classification.RandomForestClassifier;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ProbabilityCalibratorTest {
    private static final int ROWS = 400;

    private static SparkSession spark;
    private static Dataset<Row> data;

    /** Logits three times too large, and the labels that a third of them gives. */
    @BeforeAll
    static void overconfident() {
        spark = Sessions.start();
        SplittableRandom random = new SplittableRandom(3);
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            double[] z = new double[3];
            double[] raw = new double[3];
            for (int c = 0; c < 3; c++) {
                z[c] = 2 * random.nextGaussian();
                raw[c] = (float) (3 * z[c]);
            }
            double[] p = softmax(z);
            double u = random.nextDouble();
            int label = u < p[0] ? 0 : u < p[0] + p[1] ? 1 : 2;
            rows.add(RowFactory.create(Vectors.dense(raw), Vectors.dense(softmax(raw)), (double) label));
        }
        data = spark.createDataFrame(
                        rows,
                        new StructType()
                                .add("rawPrediction", SQLDataTypes.VectorType())
                                .add("probability", SQLDataTypes.VectorType())
                                .add("label", DataTypes.DoubleType))
                .cache();
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    static double[] softmax(double[] z) {
        double sum = 0;
        double[] p = new double[z.length];
        for (int c = 0; c < z.length; c++) {
            p[c] = Math.exp(z[c]);
            sum += p[c];
        }
        for (int c = 0; c < z.length; c++) {
            p[c] /= sum;
        }
        return p;
    }

    private static double metric(String name, String column, Dataset<Row> rows) {
        return new CalibrationEvaluator()
                .setMetricName(name)
                .setProbabilityCol(column)
                .evaluate(rows);
    }

    @Test
    void theMetricsAreThoseOfTheirDefinitions() {
        double wrong = 0;
        double nll = 0;
        double brier = 0;
        Summary summary = new Summary();
        for (Row r : data.collectAsList()) {
            double[] p = r.<Vector>getAs("probability").toArray();
            int label = (int) r.getDouble(2);
            nll -= Math.log(p[label]);
            int best = 0;
            for (int c = 0; c < 3; c++) {
                best = p[c] > p[best] ? c : best;
                brier += (p[c] - (c == label ? 1 : 0)) * (p[c] - (c == label ? 1 : 0));
            }
            wrong += best == label ? 0 : 1;
            summary.update(p, label);
        }
        assertEquals(wrong / ROWS, metric("error", "probability", data), 1e-12);
        assertEquals(nll / ROWS, metric("nll", "probability", data), 1e-8);
        assertEquals(brier / ROWS, metric("brier", "probability", data), 1e-8);
        assertEquals(CalibrationError.ece(summary), metric("ece", "probability", data), 0);
        double aurc = metric("aurc", "probability", data);
        assertTrue(aurc > 0 && aurc < metric("error", "probability", data), "a ranking better than chance: " + aurc);
        assertThrows(IllegalArgumentException.class, () -> new CalibrationEvaluator().evaluate(data.limit(0)));
    }

    @Test
    @Tag("spark")
    void everyMethodLowersTheErrorOfCalibration() {
        for (String method : List.of("temperature", "vector", "platt", "isotonic", "beta")) {
            ProbabilityCalibratorModel model = new ProbabilityCalibrator()
                    .setMethod(method)
                    .setRawPredictionCol("rawPrediction")
                    .fit(data);
            Dataset<Row> out = model.transform(data);
            assertTrue(method.equals(model.calibration()), model.calibration());
            assertEquals(
                    out.first().<Vector>getAs("calibratedProbability").size(),
                    AttributeGroup.fromStructField(out.schema().apply("calibratedProbability"))
                            .size());
            double before = metric("nll", "probability", data);
            double after = metric("nll", "calibratedProbability", out);
            assertTrue(after < 0.8 * before, method + ": " + before + " to " + after);
            assertTrue(metric("ece", "calibratedProbability", out) < metric("ece", "probability", data), method);
        }
    }

    @Test
    void aTemperatureIsFoundFromLogitsAndFromProbabilitiesInAnyPartitions() {
        ProbabilityCalibrator calibrator = new ProbabilityCalibrator().setMethod("temperature");
        Dataset<Row> byProbability = calibrator.fit(data).transform(data);
        Dataset<Row> byLogits = new ProbabilityCalibrator()
                .setMethod("temperature")
                .setRawPredictionCol("rawPrediction")
                .fit(data.repartition(7))
                .transform(data);
        List<Row> a = byProbability.collectAsList();
        List<Row> b = byLogits.collectAsList();
        for (int i = 0; i < a.size(); i++) {
            assertArrayEquals(
                    a.get(i).<Vector>getAs("calibratedProbability").toArray(),
                    b.get(i).<Vector>getAs("calibratedProbability").toArray(),
                    1e-4);
        }
        assertEquals(
                byLogits.collectAsList(),
                new ProbabilityCalibrator()
                        .setMethod("temperature")
                        .setRawPredictionCol("rawPrediction")
                        .fit(data.coalesce(1))
                        .transform(data)
                        .collectAsList());
    }

    @Test
    void aForestOfSparksIsCalibrated() {
        Dataset<Row> features = data.select(data.col("rawPrediction").as("features"), data.col("label"));
        Dataset<Row> scored = new RandomForestClassifier()
                .setNumTrees(5)
                .setSeed(1)
                .fit(features.limit(150))
                .transform(features);
        ProbabilityCalibratorModel model =
                new ProbabilityCalibrator().setMethod("vector").fit(scored);
        Dataset<Row> out = model.transform(scored);
        assertTrue(metric("nll", "calibratedProbability", out) < metric("nll", "probability", scored));
        assertThrows(
                IllegalArgumentException.class,
                () -> new ProbabilityCalibrator().setProbabilityCol("label").fit(scored));
        assertThrows(Exception.class, () -> new ProbabilityCalibrator()
                .fit(scored.withColumn("label", org.apache.spark.sql.functions.lit(7.0))));
    }
}
