package ai.softlabel.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FittedCalibratorsTest {
    private static SparkSession spark;

    @BeforeAll
    static void start() {
        spark = SparkSession.builder()
                .master("local[2]")
                .config("spark.ui.enabled", "false")
                .getOrCreate();
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    /** Sets of their own sizes, the last with a class that is never right. */
    private static List<List<Labelled>> sets() {
        return List.of(
                drawn(300, 5, 0.6, 31),
                drawn(200, 5, 1.8, 32),
                drawn(150, 5, 1, 33).stream().filter(d -> d.label() != 2).toList());
    }

    @Test
    void everyPlattCurveIsAtTheOptimumOfItsOwnClassAndSet() {
        List<Calibrator> found = OneVersusRest.platt(spark, sets());
        for (int s = 0; s < sets().size(); s++) {
            List<Labelled> set = sets().get(s);
            Calibrator.Platt platt = (Calibrator.Platt) found.get(s);
            for (int c = 0; c < 5; c++) {
                int right = c;
                double positive = set.stream().filter(d -> d.label() == right).count();
                double slope = 0;
                double level = 0;
                for (Labelled d : set) {
                    double odds = Probabilities.logOdds(d.logits())[c];
                    double target = d.label() == c ? (positive + 1) / (positive + 2) : 1 / (set.size() - positive + 2);
                    double miss = 1 / (1 + Math.exp(-platt.scale()[c] * odds - platt.shift()[c])) - target;
                    slope += miss * odds / set.size();
                    level += miss / set.size();
                }
                assertEquals(0, slope, 1e-4, "set " + s + ", class " + c);
                assertEquals(0, level, 1e-4, "set " + s + ", class " + c);
            }
        }
    }

    /** Against the min-max formula (Robertson, Wright and Dykstra, 1988): max over j≤i of min over k≥i of the mean. */
    @Test
    void everyIsotonicCurveIsTheRegressionOfItsOwnClassAndSet() {
        List<Calibrator> found = OneVersusRest.isotonic(spark, sets());
        for (int s = 0; s < sets().size(); s++) {
            List<Labelled> set = sets().get(s);
            Calibrator.Isotonic isotonic = (Calibrator.Isotonic) found.get(s);
            assertEquals(set.size(), isotonic.count());
            for (int c = 0; c < 5; c++) {
                int of = c;
                List<Labelled> sorted = set.stream()
                        .sorted(java.util.Comparator.comparingDouble(d -> Probabilities.logOdds(d.logits())[of]))
                        .toList();
                for (int i = 0; i < sorted.size(); i++) {
                    double expected = 0;
                    for (int j = 0; j <= i; j++) {
                        double least = 1;
                        double sum = 0;
                        for (int k = j; k < sorted.size(); k++) {
                            sum += sorted.get(k).label() == c ? 1 : 0;
                            least = k >= i ? Math.min(least, sum / (k - j + 1)) : least;
                        }
                        expected = Math.max(expected, least);
                    }
                    double odds = Probabilities.logOdds(sorted.get(i).logits())[c];
                    assertEquals(
                            expected,
                            Probabilities.interpolated(isotonic.at()[c], isotonic.value()[c], odds),
                            1e-9,
                            "set " + s + ", class " + c + ", " + i);
                }
            }
        }
    }

    @Test
    void everyMethodGivesProbabilities() {
        FittedCalibrators r = FittedCalibrators.of(spark, drawn(360, 12, 0.5, 41));
        assertEquals(
                List.of(
                        "none",
                        "temperature",
                        "vector",
                        "platt",
                        "isotonic",
                        "temperature-mixed",
                        "structured-vector",
                        "structured-matrix",
                        "beta"),
                List.copyOf(r.fitted().keySet()));
        float[][] hostile = {
            new float[12],
            {1e4f, -1e4f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
            {88, 88, 88, 88, 88, 88, 88, 88, 88, 88, 88, -88}
        };
        for (Calibrator calibrator : r.fitted().values()) {
            for (float[] logits : hostile) {
                double[] p = calibrator.apply(logits);
                assertEquals(1, java.util.Arrays.stream(p).sum(), 1e-12, calibrator.method());
                for (double v : p) {
                    assertTrue(v >= 0 && v <= 1, calibrator.method());
                }
            }
        }
        assertTrue(r.nll().get("isotonic") < 10);
    }

    @Test
    void logOddsGoBothWaysWithoutLosingDigits() {
        double[] odds = Probabilities.logOdds(new float[] {30, 0, 0});
        assertEquals(30 - Math.log(2), odds[0], 1e-9);
        assertEquals(-Math.log(Math.exp(30) + 1), odds[1], 1e-9);
        assertEquals(40, Probabilities.logOdds(new float[] {500, 0})[0]);
        assertEquals(-40, Probabilities.logOdds(new float[] {500, 0})[1]);
    }

    /** Labels drawn from softmax(logits / temperature), so that this temperature is the right one. */
    private static List<Labelled> drawn(int n, int classes, double temperature, long seed) {
        SplittableRandom r = new SplittableRandom(seed);
        List<Labelled> out = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            float[] logits = new float[classes];
            for (int c = 0; c < classes; c++) {
                logits[c] = (float) (3 * r.nextGaussian());
            }
            double[] p = new Calibrator.Temperature(temperature).apply(logits);
            double u = r.nextDouble();
            int label = 0;
            for (double below = p[0]; u >= below && label + 1 < classes; below += p[label]) {
                label++;
            }
            out.add(new Labelled("picture " + seed + " " + i, logits, label));
        }
        return out;
    }

    @Test
    void theTemperatureThatMadeTheLabelsIsFound() {
        for (double t : new double[] {0.5, 1, 2.5}) {
            assertEquals(t, Fitting.temperature(drawn(20_000, 6, t, 3)).temperature(), 0.05 * t);
        }
    }

    @Test
    void noOtherTemperatureHasLessNll() {
        List<Labelled> data = drawn(400, 10, 1.7, 5);
        double best = Fitting.temperature(data).temperature();
        double least = Fitting.nll(new Calibrator.Temperature(best), data);
        for (double off : new double[] {1e-4, 1e-3, 0.1}) {
            assertTrue(Fitting.nll(new Calibrator.Temperature(best * (1 + off)), data) > least);
            assertTrue(Fitting.nll(new Calibrator.Temperature(best * (1 - off)), data) > least);
        }
    }

    @Test
    void temperatureNeverChangesThePredictedClass() {
        for (Labelled d : drawn(500, 8, 1, 9)) {
            for (double t : new double[] {1e-3, 0.3, 7, 1e3}) {
                double[] before = new Calibrator.None().apply(d.logits());
                double[] after = new Calibrator.Temperature(t).apply(d.logits());
                int best = 0;
                for (int c = 1; c < before.length; c++) {
                    best = d.logits()[c] > d.logits()[best] ? c : best;
                }
                for (int c = 0; c < before.length; c++) {
                    assertTrue(after[best] >= after[c] && before[best] >= before[c]);
                }
            }
        }
    }

    @Test
    void aModelThatIsAlwaysRightGetsTheColdestTemperature() {
        List<Labelled> right = drawn(50, 4, 1, 2).stream()
                .map(d -> {
                    int best = 0;
                    for (int c = 1; c < 4; c++) {
                        best = d.logits()[c] > d.logits()[best] ? c : best;
                    }
                    return new Labelled(d.name(), d.logits(), best);
                })
                .toList();
        assertEquals(1e-3, Fitting.temperature(right).temperature(), 1e-5);
    }

    @Test
    void vectorScalingUndoesAShiftThatATemperatureCannot() {
        List<Labelled> shifted = drawn(4000, 5, 1, 11).stream()
                .map(d -> {
                    float[] z = d.logits().clone();
                    z[0] += 3;
                    z[3] *= 0.5f;
                    return new Labelled(d.name(), z, d.label());
                })
                .toList();
        Calibrator.Vector v = Fitting.vector(shifted);
        assertEquals(-3, v.shift()[0] - v.shift()[1], 0.35);
        assertEquals(2, v.scale()[3] / v.scale()[1], 0.25);
        FittedCalibrators r = FittedCalibrators.of(spark, shifted);
        assertEquals("vector", r.chosen());
        assertTrue(r.nll().get("vector") < r.nll().get("temperature")
                && r.nll().get("temperature") <= r.nll().get("none") + 1e-3);
    }

    @Test
    void noOtherVectorHasLessNll() {
        List<Labelled> data = drawn(300, 6, 0.7, 51);
        Calibrator.Vector best = Fitting.vector(data);
        double least = Fitting.nll(best, data);
        for (int c = 0; c < 6; c++) {
            for (double off : new double[] {-0.02, 0.02}) {
                double[] scale = best.scale().clone();
                double[] shift = best.shift().clone();
                scale[c] += off;
                assertTrue(Fitting.nll(new Calibrator.Vector(scale, shift), data) > least);
                shift[c] += off;
                assertTrue(Fitting.nll(new Calibrator.Vector(best.scale(), shift), data) > least);
            }
        }
    }

    @Test
    void fewPredictionsChooseTheSimplerMethod() {
        assertEquals(
                "temperature",
                FittedCalibrators.of(spark, drawn(150, 20, 0.4, 21)).chosen());
        assertEquals("none", FittedCalibrators.of(spark, drawn(1, 20, 1, 1)).chosen());
    }
}
