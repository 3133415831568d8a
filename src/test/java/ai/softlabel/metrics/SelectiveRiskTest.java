package ai.softlabel.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Risk by coverage, and figures in which every class weighs the same. */
class SelectiveRiskTest {
    /** Four answers of confidences .9, .8, .7, .6: correct, wrong, correct, wrong. */
    private static Summary four() {
        Summary s = new Summary();
        s.update(new double[] {0.9, 0.1, 0}, 0);
        s.update(new double[] {0.8, 0.2, 0}, 1);
        s.update(new double[] {0, 0.7, 0.3}, 1);
        s.update(new double[] {0, 0.6, 0.4}, 0);
        return s;
    }

    @Test
    void figuresOfFourPicturesByHand() {
        Map<String, Double> f = Figures.of(four());
        double area = (0 + 1.0 / 2 + 1.0 / 3 + 2.0 / 4) / 4;
        double least = (0 + 0 + 1.0 / 3 + 2.0 / 4) / 4;
        assertEquals(area, f.get("aurc"), 1e-12);
        assertEquals(area - least, f.get("aurc_excess"), 1e-12);
        assertEquals((area - least) / (0.5 - least), f.get("aurc_normalized"), 1e-12);
        assertEquals(0.5, f.get("risk_at_50"));
        assertEquals(0.5, f.get("risk_at_80"));
        // Each of the two classes has one of its two pictures correct, and one of its two predictions; the third is
        // absent.
        assertEquals(0.5, f.get("balanced_error"));
        assertEquals(0.5, f.get("macro_precision"));
        assertEquals(0.5, f.get("macro_f1"));
        Summary s = four();
        s.update(new double[] {0, 0, 1}, 0);
        assertEquals(1 - (1.0 / 3 + 1.0 / 2) / 2, Figures.of(s).get("balanced_error"), 1e-12);
        assertEquals((0.5 + 0.5 + 0) / 3, Figures.of(s).get("macro_precision"), 1e-12);
        assertEquals((2.0 / 5 + 2.0 / 4 + 0) / 3, Figures.of(s).get("macro_f1"), 1e-12);
    }

    @Test
    void theBestOrderHasNoExcessAndOfEqualConfidencesTheWrongComeFirst() {
        Summary best = new Summary();
        best.update(new double[] {0.9, 0.1}, 0);
        best.update(new double[] {0.8, 0.2}, 0);
        best.update(new double[] {0.7, 0.3}, 1);
        assertEquals(0, Ranking.of(best).aurcExcess(), 1e-15);
        assertEquals(0, Ranking.of(best).aurcNormalized(), 1e-15);
        Summary equal = new Summary();
        equal.update(new double[] {0.9, 0.1}, 0);
        equal.update(new double[] {0.9, 0.1}, 1);
        assertEquals((1 + 0.5) / 2, Ranking.of(equal).aurc(), 1e-15);
        assertEquals(1, Ranking.of(equal).risk(0.5));
    }

    @Test
    void anOrderByChanceHasANormalizedExcessOfOne() {
        SplittableRandom r = new SplittableRandom(43);
        Summary s = new Summary();
        for (int i = 0; i < 30_000; i++) {
            double c = 0.5 + 0.5 * r.nextDouble();
            s.update(new double[] {c, 1 - c}, r.nextInt(10) < 7 ? 0 : 1);
        }
        assertEquals(1, Ranking.of(s).aurcNormalized(), 0.05);
        assertEquals(0.3, Ranking.of(s).aurc(), 0.01);
        double bound = new Ranking(Ranked.of(new Confidences(s.confidences().histogram()))).aurcBound();
        assertTrue(bound > 0 && bound < 5e-3, "bound " + bound);
    }

    @Test
    void harmonicNumbersAreTheirSums() {
        double sum = 0;
        for (int k = 1; k <= 100_000; k++) {
            sum += 1.0 / k;
            if (k < 200 || k % 1000 == 0) {
                assertEquals(sum, RiskArea.harmonic(k), 1e-11);
            }
        }
        assertEquals(0, RiskArea.harmonic(0));
        // All wrong: every risk is 1.
        assertEquals(1, RiskArea.least(5000, 5000), 1e-12);
        assertEquals(0, RiskArea.least(5000, 0));
    }
}
