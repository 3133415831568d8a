package ai.softlabel.score;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.metrics.CalibrationError;
import ai.softlabel.metrics.Figures;
import ai.softlabel.metrics.Reliability;
import ai.softlabel.metrics.Summary;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EvaluationTest {
    private static final List<String> CLASSES = List.of("Abyssinian", "beagle", "Bengal", "boxer");

    private static JavaSparkContext spark;

    @BeforeAll
    static void start() {
        spark = JavaSparkContext.fromSparkContext(SparkSession.builder()
                .master("local[2]")
                .config("spark.ui.enabled", "false")
                .getOrCreate()
                .sparkContext());
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    private static List<Prediction> predictions(int n) {
        SplittableRandom r = new SplittableRandom(37);
        List<Prediction> out = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            float[] logits = new float[CLASSES.size()];
            int label = r.nextInt(logits.length);
            for (int c = 0; c < logits.length; c++) {
                logits[c] = (float) (2 * r.nextGaussian() + (c == label ? 2 : 0));
            }
            out.add(new Prediction("picture " + i, label, 0, logits, new Calibrator.None().apply(logits)));
        }
        return out;
    }

    @Test
    void partitionsTotalAndSlicesAreWhatTheirPredictionsSay() {
        List<Prediction> all = predictions(900);
        Evaluation scores = Evaluation.of(spark.parallelize(all, 7));
        Summary expected = new Summary();
        all.forEach(p -> expected.update(p.probabilities(), p.label()));
        assertEquals(Figures.of(expected), Figures.of(scores.total()));
        assertEquals(7, scores.partitions().size());
        Reliability merged = new Reliability();
        for (int i = 0; i < 7; i++) {
            assertEquals(i, scores.partitions().get(i).id());
            merged.merge(scores.partitions().get(i).summary());
        }
        assertEquals(expected.nll(), merged.nll());
        assertEquals(CalibrationError.bins(expected), CalibrationError.bins(merged));

        Map<String, Map<String, Reliability>> slices = Subgroups.of(spark.parallelize(all, 5), CLASSES, true);
        for (String kind : List.of("breed", "species", "confidence")) {
            Reliability whole = new Reliability();
            slices.get(kind).values().forEach(whole::merge);
            assertEquals(expected.nll(), whole.nll(), kind);
            assertEquals(CalibrationError.ece(expected), CalibrationError.ece(whole), kind);
        }
        Reliability boxers = new Reliability();
        all.stream().filter(p -> p.label() == 3).forEach(p -> boxers.update(p.probabilities(), 3));
        assertEquals(boxers.error(), slices.get("breed").get("boxer").error());
    }

    @Test
    void theMostFrequentMistakesComeFirst() {
        List<Prediction> all = predictions(900);
        Map<List<Integer>, Long> counted = new HashMap<>();
        for (Prediction p : all) {
            if (p.label() != p.predicted()) {
                counted.merge(List.of(p.label(), p.predicted()), 1L, Long::sum);
            }
        }
        List<Evaluation.Confusion> all12 = Evaluation.confusions(spark.parallelize(all, 3), 100);
        assertEquals(counted.size(), all12.size());
        for (int i = 0; i < all12.size(); i++) {
            Evaluation.Confusion c = all12.get(i);
            assertEquals(counted.get(List.of(c.label(), c.predicted())), c.count());
            assertTrue(i == 0 || all12.get(i - 1).count() >= c.count());
        }
        assertEquals(all12.subList(0, 5), Evaluation.confusions(spark.parallelize(all, 4), 5));
    }

    @Test
    void marginsSumIsThatOfTheirMeanInAnyPartitions() {
        List<Prediction> all = predictions(500);
        double expected = all.stream()
                .mapToDouble(p -> Margin.of(p.logits(), p.label()))
                .average()
                .orElseThrow();
        double found = Margin.mean(spark.parallelize(all, 1));
        assertEquals(expected, found, 1e-7);
        assertEquals(found, Margin.mean(spark.parallelize(all, 9)));
        assertTrue(Double.isNaN(Margin.mean(spark.parallelize(List.<Prediction>of(), 2))));
    }

    @Test
    void intervalsBeyondTheLimitAreTheSameInAnyPartitionsAndHoldTheFigures() {
        List<Prediction> all = predictions(Summary.EXACT + 5000);
        Map<String, double[]> one = Bootstrap.intervals(spark.parallelize(all, 1));
        Map<String, double[]> many = Bootstrap.intervals(spark.parallelize(all, 6));
        Summary s = Evaluation.total(spark.parallelize(all, 3));
        assertFalse(s.exact());
        assertEquals(Figures.of(s).keySet(), one.keySet());
        one.forEach((name, limits) -> {
            assertArrayEquals(limits, many.get(name), name);
            double value = Figures.of(s).get(name);
            // What takes absolute values of noise is higher in a replicate than in the pictures, in either kind.
            boolean higher = !name.equals("ece_classwise") && name.matches(".*(ece|mce|rmsce).*");
            assertTrue(limits[0] <= value + (higher ? 0.01 : 1e-12) && value <= limits[1] + 1e-12, name + " " + value);
            // MCE is that of a bin with few pictures.
            assertTrue(name.equals("mce") || limits[1] - limits[0] < 0.05, name);
        });
    }
}
