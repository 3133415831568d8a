package ai.softlabel.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SmoothCalibrationTest {
    /** Correct with chance c^power, so calibrated where the power is 1. */
    private static Summary drawn(int n, double power) {
        SplittableRandom r = new SplittableRandom(47);
        Summary s = new Summary();
        for (int i = 0; i < n; i++) {
            double c = 0.5 + 0.5 * r.nextDouble();
            s.update(new double[] {c, 1 - c}, r.nextDouble() < Math.pow(c, power) ? 0 : 1);
        }
        return s;
    }

    @Test
    void isSmallWhereConfidencesAreTrueAndTheGapWhereTheyAreNot() {
        assertTrue(SmoothCalibration.of(drawn(30_000, 1)).error() < 0.01);
        // The mean of c - c³ over 1/2 to 1.
        SmoothCalibration sure = SmoothCalibration.of(drawn(30_000, 3));
        assertEquals(3.0 / 4 - 15.0 / 32, sure.error(), 0.01);
        assertEquals(sure.error(), sure.width(), 1e-6);
        assertTrue(sure.error(0.05) >= sure.error(0.2) - 1e-9);
    }

    @Test
    void theDiagramFollowsTheAccuracyAndItsDensityIsOne() {
        SmoothCalibration s = SmoothCalibration.of(drawn(30_000, 1));
        double mass = 0;
        SmoothCalibration.Point[] points = s.diagram(501);
        for (SmoothCalibration.Point p : points) {
            mass += p.density() / 500;
            if (p.confidence() > 0.6 && p.confidence() < 0.95) {
                assertEquals(p.confidence(), p.accuracy(), 0.06);
            }
        }
        assertEquals(1, mass, 0.02);
    }

    @Test
    void aHistogramsIsThatOfItsPictures() {
        Summary exact = drawn(Summary.EXACT, 2);
        Summary sketched = drawn(Summary.EXACT + 1, 2);
        assertTrue(exact.exact() && !sketched.exact());
        assertEquals(
                SmoothCalibration.of(exact).error(),
                SmoothCalibration.of(sketched).error(),
                1e-4);
        assertTrue(Double.isNaN(SmoothCalibration.of(new Summary()).error()));
        assertEquals(0, SmoothCalibration.of(new Summary()).diagram(10).length);
    }

    @Test
    void scoresRankAnswers() {
        float[] z = {2, -1, 0.5f};
        double sum = Math.exp(2) + Math.exp(-1) + Math.exp(0.5);
        assertEquals(Math.exp(2) / sum, ConfidenceScore.MAX_PROBABILITY.of(z), 1e-15);
        assertEquals((Math.exp(2) - Math.exp(0.5)) / sum, ConfidenceScore.MARGIN.of(z), 1e-15);
        assertEquals(0, ConfidenceScore.MARGIN.of(new float[] {3, 3, 1}));
        assertEquals(1, ConfidenceScore.MARGIN.of(new float[] {3}));
        assertEquals(-Math.log(4), ConfidenceScore.ENTROPY.of(new float[4]), 1e-15);
        assertEquals(1000 + Math.log(2), ConfidenceScore.ENERGY.of(new float[] {1000, 1000}), 1e-12);
        assertEquals(0, ConfidenceScore.pNorm(new float[] {5, 5}, 4));
        assertEquals(1.5 / Math.sqrt(1.5 * 1.5 + 1.5 * 1.5), ConfidenceScore.pNorm(new float[] {2, -1}, 2), 1e-15);
        Ranking r = Ranking.of(new double[] {-1, 7, 7, 3}, new boolean[] {true, true, false, false});
        assertEquals((1 + 0.5 + 2.0 / 3 + 0.5) / 4, r.aurc(), 1e-15);
        assertEquals(1.5 / 4, r.auroc(), 1e-15);
    }
}
