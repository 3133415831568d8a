package ai.softlabel.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RecalibrationTest {
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
        Recalibration r = Recalibration.of(shifted);
        assertEquals("vector", r.chosen());
        assertTrue(r.nll().get("vector") < r.nll().get("temperature")
                && r.nll().get("temperature") <= r.nll().get("none") + 1e-3);
    }

    @Test
    void fewPredictionsChooseTheSimplerMethod() {
        assertEquals("temperature", Recalibration.of(drawn(150, 20, 0.4, 21)).chosen());
        assertEquals("none", Recalibration.of(drawn(1, 20, 1, 1)).chosen());
    }
}
