package ai.softlabel.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RefinementTest {
    /** Logits of which the label's is higher by 2 on average, times a factor. */
    private static List<Labelled> data(float factor) {
        SplittableRandom r = new SplittableRandom(5);
        List<Labelled> out = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            int label = r.nextInt(6);
            float[] logits = new float[6];
            for (int c = 0; c < logits.length; c++) {
                logits[c] = factor * (float) (1.5 * r.nextGaussian() + (c == label ? 2 : 0));
            }
            out.add(new Labelled("p" + i, logits, label));
        }
        return out;
    }

    private static double nll(List<Labelled> data, double temperature) {
        double sum = 0;
        for (Labelled d : data) {
            double total = 0;
            for (float z : d.logits()) {
                total += Math.exp((z - d.logits()[d.label()]) / temperature);
            }
            sum += Math.log(total);
        }
        return sum / data.size();
    }

    @Test
    void noTemperatureHasALowerNll() {
        List<Labelled> data = data(3);
        Refinement found = Refinement.of(Predictions.of(data));
        assertEquals(nll(data, found.temperature()), found.nll(), 1e-9);
        for (double t = 0.2; t < 20; t *= 1.01) {
            assertTrue(nll(data, t) >= found.nll() - 1e-9, "temperature " + t);
        }
        assertTrue(found.nll() < nll(data, 1) - 0.1, found.toString());
    }

    @Test
    void itIsTheSameHoweverSureTheModelIs() {
        Refinement once = Refinement.of(Predictions.of(data(1)));
        Refinement surer = Refinement.of(Predictions.of(data(8)));
        assertEquals(once.nll(), surer.nll(), 1e-6);
        assertEquals(8 * once.temperature(), surer.temperature(), 1e-4);
    }

    @Test
    void anyOrderGivesTheSameBits() {
        List<Labelled> data = data(2);
        Refinement found = Refinement.of(Predictions.of(data));
        Collections.shuffle(data, new Random(3));
        assertEquals(found, Refinement.of(Predictions.of(data)));
    }

    @Test
    void aModelThatFailedHasNone() {
        List<Labelled> data = data(1);
        data.set(7, new Labelled("p7", new float[] {0, Float.NaN, 0, 0, 0, 0}, 1));
        assertTrue(Double.isNaN(Refinement.of(Predictions.of(data)).nll()));
    }
}
