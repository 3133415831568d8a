package ai.softlabel.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.TestFiles;
import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.calibrate.ConformalScores;
import ai.softlabel.calibrate.PredictionSets;
import ai.softlabel.calibrate.SetScore;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Prediction sets against MAPIE's, class by class; see {@code src/test/python/make_conformal_golden.py}. */
class ConformalConformanceTest {
    private static JsonNode golden;

    @BeforeAll
    static void read() throws IOException {
        golden = new ObjectMapper().readTree(TestFiles.bytes("golden/conformal.json"));
    }

    private static double[][] probabilities(String name, int n, int classes, double sharpness) {
        double[] p = Streams.uniform(name + "/p", n * classes, 0.2, 1);
        double[][] out = new double[n][classes];
        for (int i = 0; i < n; i++) {
            double sum = 0;
            for (int c = 0; c < classes; c++) {
                out[i][c] = Math.pow(p[i * classes + c], sharpness);
                sum += out[i][c];
            }
            for (int c = 0; c < classes; c++) {
                out[i][c] /= sum;
            }
        }
        return out;
    }

    private static int[] labels(String name, double[][] p) {
        double[] hit = Streams.uniform(name + "/hit", p.length, 0, 1);
        int[] y = Streams.whole(name + "/y", p.length, p[0].length);
        for (int i = 0; i < y.length; i++) {
            if (hit[i] < 0.6) {
                for (int c = 0, best = 0; c < p[i].length; c++) {
                    best = p[i][c] > p[i][best] ? c : best;
                    y[i] = best;
                }
            }
        }
        return y;
    }

    /** Holds each picture's set to be the same; how many classes all of them have. */
    private static int compared(
            JsonNode expected, PredictionSets sets, double[][][] fresh, double[] shares, boolean own) {
        int classes = 0;
        for (int w = 0; w < expected.size(); w++) {
            double wanted = golden.get("wanted").get(w).asDouble();
            PredictionSets.Maker maker = own ? sets.byClass(wanted) : sets.maker(wanted);
            for (int i = 0; i < shares.length; i++) {
                JsonNode set = expected.get(w).get(i);
                int[] classesOf = new int[set.size()];
                Arrays.setAll(classesOf, k -> set.get(k).asInt());
                assertArrayEquals(classesOf, maker.of(fresh[i], shares[i]), wanted + ", picture " + i);
                classes += classesOf.length;
            }
        }
        return classes;
    }

    @Test
    void setsOfOneMapAreMapies() {
        int cases = 0;
        Map<String, Double> thresholds = new TreeMap<>();
        for (JsonNode c : golden.get("cases")) {
            String name = c.get("name").asText();
            int classes = c.get("classes").asInt();
            double sharpness = c.get("sharpness").asDouble();
            double[][] p = probabilities(name, c.get("n").asInt(), classes, sharpness);
            double[][] t = probabilities(name + "/new", c.get("new").asInt(), classes, sharpness);
            int[] y = labels(name, p);
            double[] u = Streams.uniform(name + "/u", p.length, 0, 1);
            double[] v = Streams.uniform(name + "/v", t.length, 0, 1);
            double[][][] fresh =
                    Arrays.stream(t).map(row -> new double[][] {row}).toArray(double[][][]::new);
            for (SetScore score : new SetScore[] {SetScore.LAC, SetScore.APS, new SetScore("raps", 0.1, 2)}) {
                double[] scores = new double[y.length];
                Arrays.setAll(scores, i -> score.of(p[i], u[i])[y[i]]);
                PredictionSets sets = new PredictionSets(
                        score,
                        Collections.nCopies(1, new Calibrator.None()),
                        new ConformalScores(scores, new int[y.length], y));
                JsonNode expected = c.get(score.method());
                double[] rising = scores.clone();
                Arrays.sort(rising);
                for (int w = 0; w < 3; w++) {
                    int k = (int) Math.ceil(golden.get("wanted").get(w).asDouble() * (y.length + 1) - 1e-9);
                    double theirs = expected.get("quantiles").get(w).asDouble();
                    thresholds.merge(score.method(), Math.abs(rising[k - 1] - theirs), Math::max);
                }
                cases += compared(expected.get("sets"), sets, fresh, v, false) > 0 ? 1 : 0;
                if (score.equals(SetScore.LAC)) {
                    cases += compared(c.get("by_class"), sets, fresh, v, true) > 0 ? 1 : 0;
                }
            }
        }
        assertEquals(3 * 4, cases);
        assertEquals(3, thresholds.size());
        thresholds.forEach((method, off) ->
                Comparisons.check("prediction sets: " + method + ", thresholds", mapie(), off, 1e-6, "1"));
    }

    @Test
    void setsOfManyMapsAreMapies() {
        JsonNode c = golden.get("crossed");
        int n = c.get("n").asInt();
        int classes = c.get("classes").asInt();
        int folds = c.get("folds").asInt();
        int[] fold = Streams.whole("conformal/crossed/fold", n, folds);
        double[][][] maps = new double[folds][][];
        double[][][] fresh = new double[c.get("new").asInt()][folds][];
        for (int f = 0; f < folds; f++) {
            maps[f] = probabilities("conformal/crossed/" + f, n, classes, 6);
            double[][] t = probabilities("conformal/crossed/new/" + f, fresh.length, classes, 6);
            for (int i = 0; i < t.length; i++) {
                fresh[i][f] = t[i];
            }
        }
        int[] y = labels("conformal/crossed", maps[0]);
        double[] scores = new double[n];
        Arrays.setAll(scores, i -> 1 - maps[fold[i]][i][y[i]]);
        PredictionSets sets = new PredictionSets(
                SetScore.LAC, Collections.nCopies(folds, new Calibrator.None()), new ConformalScores(scores, fold, y));
        assertTrue(compared(c.get("sets"), sets, fresh, new double[fresh.length], false) > 0);
    }

    private static String mapie() {
        return "MAPIE " + golden.at("/versions/mapie").asText();
    }
}
