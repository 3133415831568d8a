package ai.softlabel.calibrate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.TestFiles;
import ai.softlabel.conformance.Comparisons;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Beta calibration against the authors' package; see {@code make_beta_golden.py}. */
class BetaCalibrationTest {
    private static float[] logits(JsonNode c, int row) {
        float[] z = new float[c.get("classes").asInt()];
        for (int k = 0; k < z.length; k++) {
            z[k] = (float) c.at("/logits/" + row + "/" + k).asDouble();
        }
        return z;
    }

    private static Calibrator.Beta fit(List<Labelled> data) {
        return (Calibrator.Beta) new BetaSums(Predictions.of(data), Folds.none(data.size()))
                .fit()
                .get(0);
    }

    @Test
    void curvesAreThoseOfBetacal() throws IOException {
        JsonNode golden = new ObjectMapper().readTree(TestFiles.bytes("golden/beta.json"));
        assertEquals(3, golden.get("cases").size());
        double curves = 0;
        double probabilities = 0;
        double asPublished = 0;
        for (JsonNode c : golden.get("cases")) {
            int n = c.get("n").asInt();
            List<Labelled> data = new ArrayList<>();
            for (int i = 0; i < n; i++) {
                data.add(new Labelled(
                        "p" + i, logits(c, i), c.get("labels").get(i).asInt()));
            }
            Calibrator.Beta beta = fit(data);
            for (int k = 0; k < beta.a().length; k++) {
                String held = c.get("held").get(k).asText();
                String what = c.get("name").asText() + ", class " + k;
                assertEquals(held.equals("a"), beta.a()[k] == 0, what);
                assertEquals(held.equals("b"), beta.b()[k] == 0, what);
                boolean kept = beta.a()[k] == 1 && beta.b()[k] == 1 && beta.c()[k] == 0;
                assertEquals(held.equals("p"), kept, what);
            }
            for (int i = 0; i < c.get("new").asInt(); i++) {
                float[] z = logits(c, n + i);
                double[] odds = Probabilities.logOdds(z);
                double[] found = beta.apply(z);
                for (int k = 0; k < z.length; k++) {
                    double p = curve(beta, k, odds[k]);
                    String at = "/" + i + "/" + k;
                    curves = Math.max(curves, Math.abs(p - c.at("/curves" + at).asDouble()));
                    asPublished = Math.max(
                            asPublished, Math.abs(p - c.at("/betacal" + at).asDouble()));
                    probabilities = Math.max(
                            probabilities,
                            Math.abs(found[k] - c.at("/probabilities" + at).asDouble()));
                }
            }
        }
        String betacal = "betacal " + golden.at("/versions/betacal").asText();
        Comparisons.check("beta calibration: curves", betacal, curves, 1e-6, "1");
        Comparisons.check("beta calibration: probabilities", betacal, probabilities, 1e-6, "1");
        // Its own solver stops where the slope is 1e-4.
        Comparisons.check("beta calibration: curves, its solver's tolerance", betacal, asPublished, 5e-3, "1");
    }

    private static double curve(Calibrator.Beta beta, int k, double odds) {
        double score =
                beta.b()[k] * Math.log1p(Math.exp(odds)) - beta.a()[k] * Math.log1p(Math.exp(-odds)) + beta.c()[k];
        return 1 / (1 + Math.exp(-score));
    }

    /** Logits, and labels drawn from softmax(logits / temperature). */
    private static List<Labelled> drawn(int n, int classes, double temperature, long seed) {
        SplittableRandom r = new SplittableRandom(seed);
        List<Labelled> out = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            float[] z = new float[classes];
            for (int c = 0; c < classes; c++) {
                z[c] = (float) (2 * r.nextGaussian());
            }
            double[] p = new Calibrator.Temperature(temperature).apply(z);
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
    void aClassKeepsItsProbabilityInEverySetWhereItHasFewerThanTwenty() {
        List<Labelled> data = new ArrayList<>();
        for (Labelled d : drawn(2000, 4, 0.5, 3)) {
            long own = data.stream().filter(o -> o.label() == d.label()).count();
            if (own < (d.label() == 2 ? 19 : 20)) {
                data.add(d);
            }
        }
        assertEquals(79, data.size());
        Folds folds = Folds.of(Predictions.of(data));
        BetaSums sums = new BetaSums(Predictions.of(data), folds);
        assertTrue(sums.leftOut().isEmpty());
        for (Calibrator found : sums.fit()) {
            Calibrator.Beta beta = (Calibrator.Beta) found;
            for (int c = 0; c < 4; c++) {
                // The others' have 20, and fewer where a fold is left out.
                assertEquals(c == 2, beta.a()[c] == 1 && beta.b()[c] == 1 && beta.c()[c] == 0, "class " + c);
            }
        }
        List<Labelled> few =
                data.stream().filter(d -> d.label() == 2 || d.label() == 3).toList();
        String line = new BetaSums(Predictions.of(few), Folds.none(few.size()))
                .leftOut()
                .orElseThrow();
        assertTrue(line.contains("found at most 19") && line.lines().count() == 1, line);
    }

    @Test
    void everyCurveIsAtTheOptimumOfItsOwnClassAndSet() {
        List<Labelled> data = drawn(600, 5, 2, 5);
        Folds folds = Folds.of(Predictions.of(data));
        List<Calibrator> all = new BetaSums(Predictions.of(data), folds).fit();
        assertEquals(6, all.size());
        for (int s = 0; s < all.size(); s++) {
            int set = s;
            Calibrator.Beta beta = (Calibrator.Beta) all.get(s);
            List<Labelled> own =
                    data.stream().filter(d -> folds.fits(set, Folds.fold(d))).toList();
            for (int c = 0; c < 5; c++) {
                isAtTheOptimum(beta, own, c, 1e-7, "set " + s);
            }
        }
    }

    /** The slopes of the mean NLL to Platt's targets are 0, or positive where a or b is held at 0. */
    private static void isAtTheOptimum(Calibrator.Beta beta, List<Labelled> own, int c, double allowed, String where) {
        double n = own.stream().filter(d -> d.label() == c).count();
        double[] slope = new double[3];
        for (Labelled d : own) {
            double odds = Probabilities.logOdds(d.logits())[c];
            double target = d.label() == c ? (n + 1) / (n + 2) : 1 / (own.size() - n + 2);
            double miss = (curve(beta, c, odds) - target) / own.size();
            slope[0] -= miss * Math.log1p(Math.exp(-odds));
            slope[1] += miss * Math.log1p(Math.exp(odds));
            slope[2] += miss;
        }
        String what = where + ", class " + c + ": " + Arrays.toString(slope);
        assertEquals(0, beta.a()[c] > 0 ? slope[0] : Math.min(0, slope[0]), allowed, what);
        assertEquals(0, beta.b()[c] > 0 ? slope[1] : Math.min(0, slope[1]), allowed, what);
        assertEquals(0, slope[2], allowed, what);
    }

    /** Curves of a class that never, or always, or against its own probability comes true. */
    @Test
    void noLabelsMakeACurveFallOrEndless() {
        float[][] hostile = {
            {0, 0, 0}, {1e4f, -1e4f, 0}, {-1e4f, 1e4f, 1e4f}, {88, 88, -88}, {Float.MAX_VALUE, 0, -Float.MAX_VALUE}
        };
        for (double scale : new double[] {0, 1e-6, 1, 1000}) {
            for (int shift = 0; shift < 3; shift++) {
                List<Labelled> data = new ArrayList<>();
                for (Labelled d : drawn(90, 3, 0.01, 7)) {
                    float[] z = d.logits().clone();
                    for (int c = 0; c < 3; c++) {
                        z[c] = (float) (scale * z[c]);
                    }
                    data.add(new Labelled(d.name(), z, (d.label() + shift) % 3));
                }
                Calibrator.Beta beta = fit(data);
                for (int c = 0; c < 3; c++) {
                    assertTrue(beta.a()[c] >= 0 && beta.b()[c] >= 0 && Double.isFinite(beta.c()[c]), beta.toString());
                    // Where every probability is 0 or 1, slopes of 1e-6 are steps that gain 1e-15. Where all are alike,
                    // they say nothing.
                    if (scale >= 1) {
                        isAtTheOptimum(beta, data, c, 1e-6, "scale " + scale + ", shift " + shift);
                    }
                }
                for (float[] z : hostile) {
                    double[] p = beta.apply(z);
                    assertEquals(1, Arrays.stream(p).sum(), 1e-12);
                    assertTrue(Arrays.stream(p).allMatch(v -> v >= 0 && v <= 1));
                }
            }
        }
    }

    @Test
    void twentyPicturesOfAClassUndoATemperatureInTheMean() {
        double gain = 0;
        for (int draw = 0; draw < 10; draw++) {
            List<Labelled> fresh = drawn(1000, 6, 0.5, 1000 + draw);
            Calibrator.Beta beta = fit(drawn(6 * BetaSums.ENOUGH, 6, 0.5, draw));
            gain += (Fitting.nll(new Calibrator.None(), fresh) - Fitting.nll(beta, fresh)) / 10;
        }
        assertTrue(gain > 0.02, "NLL is lower by " + gain);
    }

    @Test
    void theIdentityIsACurve() {
        double[] ones = {1, 1, 1};
        float[] z = {3, -20, 1.5f};
        assertArrayEquals(
                new Calibrator.None().apply(z), new Calibrator.Beta(ones, ones, new double[3]).apply(z), 1e-15);
    }
}
