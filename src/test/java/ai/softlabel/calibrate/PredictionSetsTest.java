package ai.softlabel.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PredictionSetsTest {
    private static final List<Calibrator> MAPS = Collections.nCopies(5, new Calibrator.Temperature(1.5));

    /** Labels drawn from known probabilities, which the map does not know. */
    private static List<Labelled> drawn(SplittableRandom r, int count, int classes) {
        List<Labelled> out = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            float[] z = new float[classes];
            for (int c = 0; c < classes; c++) {
                z[c] = (float) r.nextDouble(-3, 3);
            }
            double[] p = Probabilities.softmax(z, c -> z[c]);
            double at = r.nextDouble();
            int label = 0;
            for (double sum = p[0]; sum < at && label < classes - 1; sum += p[label]) {
                label++;
            }
            out.add(new Labelled(Long.toString(r.nextLong()), z, label));
        }
        return out;
    }

    private static SetsFit fit(List<Labelled> data) {
        List<SetAnswer> answers = data.stream()
                .map(d -> SetAnswer.of(d, MAPS.get(Folds.fold(d)).apply(d.logits())))
                .toList();
        return SetsFit.of(answers, MAPS, SetsFit.inMemory(data, MAPS)).orElseThrow();
    }

    private static double covered(PredictionSets.Maker maker, List<Labelled> data) {
        return data.stream()
                        .filter(d ->
                                Arrays.stream(maker.of(d.name(), d.logits())).anyMatch(c -> c == d.label()))
                        .count()
                / (double) data.size();
    }

    /**
     * Over many held-out samples the mean coverage is the wanted one, of every method, also of classes by themselves.
     */
    @Test
    void setsHoldTheLabelWithTheWantedProbability() {
        SplittableRandom r = new SplittableRandom(71);
        double[] sums = new double[5];
        int runs = 40;
        for (int i = 0; i < runs; i++) {
            SetsFit fit = fit(drawn(r, 500, 6));
            List<Labelled> fresh = drawn(r, 300, 6);
            int at = 0;
            for (String method : SetScore.METHODS) {
                sums[at++] += covered(fit.methods().get(method).maker(0.9), fresh) / runs;
            }
            sums[at++] += covered(fit.best().byClass(0.9), fresh) / runs;
            List<Labelled> one = fresh.stream().filter(d -> d.label() == 2).toList();
            sums[at] += covered(fit.best().byClass(0.9), one) / runs;
        }
        // Between 0.9 and 0.9 + 1/(n + 1), up to a standard error of 0.004; by class n is about 50.
        for (int m = 0; m < 3; m++) {
            assertEquals(0.9, sums[m], 0.012, "method " + m);
        }
        assertEquals(0.91, sums[3], 0.02);
        assertEquals(0.91, sums[4], 0.03);
    }

    @Test
    void theSmallestSetsAreChosenAndTheSameNameHasTheSameSet() {
        SplittableRandom r = new SplittableRandom(72);
        List<Labelled> data = drawn(r, 800, 6);
        SetsFit fit = fit(data);
        assertEquals(SetScore.METHODS, List.copyOf(fit.methods().keySet()));
        assertEquals(
                fit.sizes().values().stream().min(Double::compare).orElseThrow(),
                fit.sizes().get(fit.chosen()));
        // It is the least ambiguous by construction.
        assertTrue(fit.sizes().get("lac") <= fit.sizes().get("aps"), fit.sizes().toString());
        PredictionSets aps = fit.methods().get("aps");
        Labelled d = data.get(0);
        assertEquals(
                Arrays.toString(aps.maker(0.9).of(d.name(), d.logits())),
                Arrays.toString(aps.maker(0.9).of(d.name(), d.logits())));
        assertEquals(
                800,
                fit.best().held().scores().length
                        + data.stream().filter(x -> SetsFit.chooses(x.name())).count());
    }

    @Test
    void tooFewPicturesForACoverageGiveEveryClass() {
        List<Labelled> few = drawn(new SplittableRandom(73), 30, 4);
        assertEquals(4, fit(few).best().maker(0.999).of("x", new float[] {9, 0, 0, 0}).length);
        assertTrue(SetsFit.of(List.of(), MAPS, SetsFit.inMemory(few, MAPS)).isEmpty());
        assertFalse(PredictionSets.share("a") == PredictionSets.share("b"));
        assertThrows(IllegalArgumentException.class, () -> new SetScore("magic", 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new SetScore("raps", -1, 0));
    }
}
