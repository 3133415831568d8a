package ai.softlabel.calibrate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Fits in passes over predictions: the same bits wherever they lie, and few passes. */
class DistributedFittingTest {
    private static SparkSession session;
    private static JavaSparkContext spark;

    @BeforeAll
    static void start() {
        session = SparkSession.builder()
                .master("local[2]")
                .config("spark.ui.enabled", "false")
                .getOrCreate();
        spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    }

    @AfterAll
    static void stop() {
        session.stop();
    }

    /** Labels drawn from softmax(logits / temperature), or where it is 0 those of the largest logit. */
    private static List<Labelled> drawn(int n, int classes, double temperature, double spread, long seed) {
        SplittableRandom r = new SplittableRandom(seed);
        List<Labelled> out = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            float[] z = new float[classes];
            for (int c = 0; c < classes; c++) {
                z[c] = (float) (spread * r.nextGaussian());
            }
            double[] p = new Calibrator.Temperature(Math.max(temperature, 1e-9)).apply(z);
            double u = r.nextDouble();
            int label = 0;
            for (double below = p[0]; u >= below && label + 1 < classes; below += p[label]) {
                label++;
            }
            out.add(new Labelled("picture " + seed + " " + i, z, label));
        }
        return out;
    }

    @Test
    void anyPartitionsFitTheSameBits() {
        List<Labelled> data = drawn(700, 9, 1.6, 3, 3);
        Folds folds = Folds.of(Predictions.of(data));
        List<Calibrator.Temperature> temperatures = Fitting.temperatures(Predictions.of(data), folds);
        List<Calibrator.Vector> vectors = Fitting.vectors(Predictions.of(data), folds, temperatures);
        List<Calibrator> betas = new BetaSums(Predictions.of(data), folds).fit();
        assertEquals(6, temperatures.size());
        assertEquals(temperatures.get(0), Fitting.temperature(data));
        assertEquals(6, Set.copyOf(temperatures).size(), "each set has its own");
        for (int partitions : new int[] {1, 3, 8}) {
            List<Labelled> shuffled = new ArrayList<>(data);
            Collections.shuffle(shuffled, new Random(partitions));
            Predictions spread = Predictions.of(spark.parallelize(shuffled, partitions));
            Folds of = Folds.of(spread);
            assertArrayEquals(folds.left(), of.left());
            assertEquals(700, of.count());
            assertEquals(temperatures, Fitting.temperatures(spread, of));
            List<Calibrator.Vector> found = Fitting.vectors(spread, of, temperatures);
            List<Calibrator> curves = new BetaSums(spread, of).fit();
            for (int set = 0; set < 6; set++) {
                assertArrayEquals(vectors.get(set).scale(), found.get(set).scale());
                assertArrayEquals(vectors.get(set).shift(), found.get(set).shift());
                Calibrator.Beta beta = (Calibrator.Beta) betas.get(set);
                Calibrator.Beta spreads = (Calibrator.Beta) curves.get(set);
                assertArrayEquals(beta.a(), spreads.a());
                assertArrayEquals(beta.b(), spreads.b());
                assertArrayEquals(beta.c(), spreads.c());
            }
        }
    }

    /** Against bisection, over what logits can be like. */
    @Test
    void aTemperatureTakesAtMostTenPasses() {
        for (int n : new int[] {1, 3, 50, 2000}) {
            for (double spread : new double[] {0.01, 1, 5, 60}) {
                for (double t : new double[] {0, 0.02, 0.3, 1, 4, 40}) {
                    List<Labelled> data = drawn(n, 7, t, spread, 5);
                    int[] passes = {0};
                    Predictions counted = counted(Predictions.of(data), passes);
                    double found =
                            Fitting.temperatures(counted, Folds.none(n)).get(0).temperature();
                    assertTrue(passes[0] <= 10, "passes: " + passes[0]);
                    double best = bisected(data);
                    double least = Fitting.nll(new Calibrator.Temperature(best), data);
                    String what = n + " predictions, spread " + spread + ", temperature " + t;
                    assertEquals(least, Fitting.nll(new Calibrator.Temperature(found), data), 1e-10, what);
                    if (n == 2000 && t >= 0.02) {
                        assertEquals(1, found / best, 1e-7, what);
                    }
                }
            }
        }
    }

    @Test
    void foldsStartFromTheWholeAndTakeFewPassesMore() {
        int[] passes = {0};
        List<Labelled> data = drawn(1500, 6, 2, 3, 7);
        Folds folds = Folds.of(Predictions.of(data));
        List<Calibrator.Temperature> found = Fitting.temperatures(counted(Predictions.of(data), passes), folds);
        assertTrue(passes[0] <= 14, "passes: " + passes[0]);
        for (int set = 0; set < folds.sets(); set++) {
            int of = set;
            List<Labelled> own =
                    data.stream().filter(d -> folds.fits(of, Folds.fold(d))).toList();
            assertTrue(set == 0 || own.size() < data.size());
            assertEquals(1, found.get(set).temperature() / bisected(own), 1e-7);
        }
    }

    private static Predictions counted(Predictions of, int[] passes) {
        return new Predictions() {
            @Override
            public int classes() {
                return of.classes();
            }

            @Override
            public ExactSums sum(int size, Term term) {
                passes[0]++;
                return of.sum(size, term);
            }
        };
    }

    private static double bisected(List<Labelled> data) {
        double low = Math.log(1e-3);
        double high = Math.log(1e3);
        while (high - low > 1e-11) {
            double middle = (low + high) / 2;
            Calibrator.Temperature t = new Calibrator.Temperature(Math.exp(-middle));
            double slope = 0;
            for (Labelled d : data) {
                double[] p = t.apply(d.logits());
                for (int c = 0; c < p.length; c++) {
                    slope += p[c] * (d.logits()[c] - d.logits()[d.label()]);
                }
            }
            if (slope > 0) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return Math.exp(-(low + high) / 2);
    }

    @Test
    void vectorsAreAtTheOptimumOfEverySet() {
        List<Labelled> data = drawn(900, 5, 0.8, 2, 9);
        Predictions all = Predictions.of(data);
        Folds folds = Folds.of(all);
        int[] passes = {0};
        List<Calibrator.Vector> found = Fitting.vectors(counted(all, passes), folds, Fitting.temperatures(all, folds));
        assertTrue(passes[0] <= Lbfgs.MOST_PASSES + 1, "passes: " + passes[0]);
        for (int set = 0; set < folds.sets(); set++) {
            int of = set;
            double[] slope = new double[10];
            data.stream().filter(d -> folds.fits(of, Folds.fold(d))).forEach(d -> {
                double[] miss = found.get(of).apply(d.logits());
                miss[d.label()] -= 1;
                for (int c = 0; c < 5; c++) {
                    slope[c] += miss[c] * d.logits()[c] / data.size();
                    slope[5 + c] += miss[c] / data.size();
                }
            });
            for (double s : slope) {
                assertEquals(0, s, 2e-5);
            }
        }
    }

    @Test
    void theNamedMethodIsChosenAndWhatIsTooLargeIsLeftOut() {
        List<Labelled> data = drawn(400, 6, 2, 3, 11);
        FittedCalibrators named =
                FittedCalibrators.of(session, spark.parallelize(data, 3), RecalibrationMethod.TEMPERATURE);
        assertEquals("temperature", named.chosen());
        assertEquals(List.of("none", "temperature"), List.copyOf(named.fitted().keySet()));
        assertEquals(List.of(), named.leftOut());
        FittedCalibrators none = FittedCalibrators.of(session, spark.parallelize(data, 3), RecalibrationMethod.NONE);
        assertEquals("none", none.chosen());
        FittedCalibrators auto = FittedCalibrators.of(session, spark.parallelize(data, 3), RecalibrationMethod.AUTO);
        assertEquals(RecalibrationMethod.all().size(), auto.fitted().size());
        FittedCalibrators local = FittedCalibrators.of(session, data);
        assertEquals(local.nll(), auto.nll());
        assertEquals(local.chosen(), auto.chosen());
        assertEquals(named.fitted().get("temperature"), auto.fitted().get("temperature"));

        FittedCalibrators large = FittedCalibrators.of(
                session, spark.parallelize(drawn(201, 10_000, 1, 1, 13), 2), RecalibrationMethod.PLATT);
        assertEquals("none", large.chosen());
        assertEquals(1, large.leftOut().size());
        assertTrue(
                large.leftOut().get(0).contains("201 x 10,000"), large.leftOut().get(0));
        assertTrue(RecalibrationMethod.PLATT.fits(200, 10_000) && !RecalibrationMethod.PLATT.fits(201, 10_000));
        assertTrue(RecalibrationMethod.TEMPERATURE.fits(100_000_000, 21_841));
        assertFalse(RecalibrationMethod.VECTOR.fits(20_000, 21_841));
        assertTrue(RecalibrationMethod.AUTO.cost(20_000, 21_841) < RecalibrationMethod.VECTOR.cost(20_000, 21_841));
        assertEquals(Optional.of(RecalibrationMethod.ISOTONIC), RecalibrationMethod.parse("isotonic"));
        assertEquals(Optional.empty(), RecalibrationMethod.parse("Isotonic"));
        assertEquals(
                "auto, none, temperature, vector, platt, isotonic, temperature-mixed, structured-vector, structured-matrix, beta",
                RecalibrationMethod.names());
    }

    @Test
    void sumsAreExactBeyondALong() {
        SplittableRandom r = new SplittableRandom(17);
        ExactSums one = new ExactSums(1);
        ExactSums other = new ExactSums(1);
        List<Double> values = new ArrayList<>();
        BigDecimal expected = BigDecimal.ZERO;
        for (int i = 0; i < 5000; i++) {
            double v = Math.rint((r.nextDouble() - 0.2) * 0x1p61) * 0x1p-40;
            values.add(v);
            expected = expected.add(new BigDecimal(v));
            one.add(0, v);
        }
        assertEquals(expected.doubleValue(), one.get(0), Math.ulp(expected.doubleValue()));
        Collections.shuffle(values, new Random(1));
        for (double v : values) {
            ExactSums part = new ExactSums(1);
            part.add(0, v);
            other.merge(part);
        }
        assertEquals(one.get(0), other.get(0));
        for (double v : values) {
            other.add(0, -v);
        }
        assertEquals(0, other.get(0));
        other.add(0, -0x1p-40);
        assertEquals(-0x1p-40, other.get(0));
        assertThrows(ArithmeticException.class, () -> one.add(0, Double.NaN));
        ExactSums far = new ExactSums(1);
        far.add(0, 1e7);
        far.add(0, -1e9);
        assertEquals(0, far.get(0));
        far.add(0, 4e8);
        assertEquals(0x1p22, far.get(0));
    }
}
