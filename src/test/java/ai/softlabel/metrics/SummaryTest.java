package ai.softlabel.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SummaryTest {
    private static Summary of(double[] p, int label) {
        Summary s = new Summary();
        s.update(p, label);
        return s;
    }

    @Test
    void figuresOfTwoPicturesByHand() {
        Summary s = of(new double[] {0.7, 0.2, 0.1}, 0);
        s.update(new double[] {0.25, 0.15, 0.6}, 1);
        assertEquals(2, s.count());
        assertEquals(0.5, s.error());
        assertEquals(0, s.topFiveError());
        assertEquals(-(Math.log(0.7) + Math.log(0.15)) / 2, s.nll(), 1e-9);
        assertEquals((0.09 + 0.04 + 0.01 + 0.0625 + 0.7225 + 0.36) / 2, s.brier(), 1e-9);
        assertEquals(0.65, s.meanConfidence(), 1e-9);
        // .7 lies in bin 10 (.667 to .733), .6 in bin 8 (.533 to .6, closed on the right).
        assertEquals((0.3 + 0.6) / 2, CalibrationError.ece(s), 1e-9);
        assertEquals(0.6, CalibrationError.mce(s), 1e-9);
        assertEquals(Math.sqrt((0.09 + 0.36) / 2), CalibrationError.rmsce(s), 1e-9);
    }

    @Test
    void binsAreClosedOnTheRight() {
        for (int b = 0; b < Reliability.BINS; b++) {
            double high = (b + 1.0) / Reliability.BINS;
            assertEquals(b, Reliability.bin(high), "upper edge of bin " + b);
            assertEquals(
                    Math.min(b + 1, Reliability.BINS - 1),
                    Reliability.bin(Math.min(1, Math.nextUp(high))),
                    "just above bin " + b);
            assertEquals(b, Reliability.bin(Math.nextDown(high)), "just below the upper edge of bin " + b);
        }
        assertEquals(0, Reliability.bin(0));
        assertEquals(Reliability.BINS - 1, Reliability.bin(1));
    }

    @Test
    void topFiveCountsTiesByTheOrderOfTheClasses() {
        double[] even = {0.125, 0.125, 0.125, 0.125, 0.125, 0.125, 0.125, 0.125};
        assertEquals(0, of(even, 4).topFiveError());
        assertEquals(1, of(even, 5).topFiveError());
        assertEquals(0, of(even, 0).error());
        assertEquals(1, of(even, 1).error());
    }

    @Test
    void mergingInAnyOrderAndGroupingGivesTheSameBits() {
        SplittableRandom r = new SplittableRandom(7);
        List<double[]> all = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            double[] p = r.doubles(6, 0, 1).map(v -> v * v * v).toArray();
            double sum = java.util.Arrays.stream(p).sum();
            all.add(java.util.Arrays.stream(p).map(v -> Math.min(1, v / sum)).toArray());
            labels.add(r.nextInt(6));
        }
        String whole = figures(merged(all, labels, 1, false));
        for (int groups : new int[] {2, 3, 17, 500}) {
            assertEquals(whole, figures(merged(all, labels, groups, false)));
            assertEquals(whole, figures(merged(all, labels, groups, true)));
        }
    }

    private static Summary merged(List<double[]> all, List<Integer> labels, int groups, boolean backwards) {
        List<Summary> parts = new ArrayList<>();
        for (int g = 0; g < groups; g++) {
            parts.add(new Summary());
        }
        for (int i = 0; i < all.size(); i++) {
            int k = backwards ? all.size() - 1 - i : i;
            parts.get(k % groups).update(all.get(k), labels.get(k));
        }
        Summary total = new Summary();
        for (int g = 0; g < groups; g++) {
            total.merge(parts.get(backwards ? groups - 1 - g : g));
        }
        return total.merge(new Summary());
    }

    private static String figures(Summary s) {
        return s.count() + " " + Figures.of(s) + " " + CalibrationError.bins(s) + " "
                + Ranking.of(s).riskCoverage();
    }

    @Test
    void edgesAreDefined() {
        Summary sure = of(new double[] {1, 0}, 1);
        assertEquals(1, sure.error());
        assertEquals(-Math.log(PictureMetrics.LEAST_PROBABILITY), sure.nll(), 1e-9);
        assertEquals(2, sure.brier());
        assertEquals(0, sure.entropy());
        assertEquals(0, of(new double[] {1}, 0).error());
        assertTrue(
                Figures.of(new Summary()).values().stream().allMatch(v -> v.isNaN()),
                Figures.of(new Summary()).toString());
        assertEquals(Double.NaN, Figures.of(sure).get("auroc"));
        assertEquals(
                0.5,
                Figures.of(of(new double[] {0.5, 0.5}, 0).merge(of(new double[] {0.5, 0.5}, 1)))
                        .get("auroc"));
        assertEquals(0, of(new double[] {0, 0}, 0).meanConfidence());
        assertTrue(Double.isNaN(new Summary().error())
                && Double.isNaN(new Summary().nll())
                && Double.isNaN(CalibrationError.ece(new Summary()))
                && Double.isNaN(CalibrationError.mce(new Summary())));
        assertThrows(IllegalArgumentException.class, () -> of(new double[] {Double.NaN, 0.5}, 0));
        assertThrows(IllegalArgumentException.class, () -> of(new double[] {0.5, 0.5}, 2));
    }

    /**
     * Labels drawn from the confidences: the ECE of such a draw stays below the percentile in about 95 of 100 cases.
     */
    @Test
    void perfectCalibrationsEceIsItsPercentile() {
        int below = 0;
        for (int run = 0; run < 200; run++) {
            SplittableRandom r = new SplittableRandom(1000 + run);
            Summary s = new Summary();
            for (int i = 0; i < 300; i++) {
                double c = 0.5 + 0.5 * r.nextDouble();
                s.update(new double[] {c, 1 - c}, r.nextDouble() < c ? 0 : 1);
            }
            below += CalibrationError.ece(s) <= PerfectCalibration.ece95(s) ? 1 : 0;
        }
        assertEquals(190, below, 10);
        assertTrue(Double.isNaN(PerfectCalibration.ece95(new Summary())));
        assertEquals(0, PerfectCalibration.ece95(of(new double[] {1, 0}, 0)));
    }
}
