package ai.softlabel.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Summaries of more pictures and classes than each could be kept of. */
class SummarySizeTest {
    private static final int MANY_CLASSES = 21_841;

    /** Answers of a model that is somewhat too sure, with many confidences by 1 and some that are equal. */
    private static double[] answer(SplittableRandom r, int classes) {
        double sharpness = 1 + 12 * r.nextDouble();
        double[] p = new double[classes];
        int best = r.nextInt(classes);
        double rest = r.nextInt(50) == 0 ? 0.25 : Math.pow(r.nextDouble(), sharpness);
        int other = (best + 1 + r.nextInt(classes - 1)) % classes;
        Arrays.fill(p, rest / 4 / classes);
        p[other] = rest / 4;
        p[best] = 0;
        p[best] = Math.min(1, 1 - Arrays.stream(p).sum());
        return p;
    }

    private static int label(SplittableRandom r, double[] p) {
        int best = 0;
        for (int c = 1; c < p.length; c++) {
            best = p[c] > p[best] ? c : best;
        }
        return r.nextDouble() < Math.pow(p[best], 2) ? best : r.nextInt(p.length);
    }

    private static int size(Object o) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(o);
        }
        return bytes.size();
    }

    @Test
    void aMillionPicturesAreAsLargeAsAHundredThousandAndWithinTheirBounds() throws IOException {
        int n = 1_000_000;
        SplittableRandom r = new SplittableRandom(11);
        Summary s = new Summary();
        double[] keys = new double[n];
        int early = 0;
        for (int i = 0; i < n; i++) {
            double[] p = answer(r, 37);
            PictureMetrics of = PictureMetrics.of(p, label(r, p));
            keys[i] = of.correct() ? -of.confidence() : of.confidence();
            s.update(of, 1);
            if (i == 100_000) {
                early = size(s);
            }
        }
        assertFalse(s.exact());
        assertTrue(size(s) < 150_000, "bytes: " + size(s));
        assertEquals(early, size(s), 20_000);

        Ranking exact = new Ranking(exact(keys));
        Ranking sketched = Ranking.of(s);
        close("auroc", exact.auroc(), sketched.auroc(), sketched.aurocBound(), 1e-3);
        close("aurc", exact.aurc(), sketched.aurc(), sketched.aurcBound(), 2e-2);
        close("aurc_excess", exact.aurcExcess(), sketched.aurcExcess(), sketched.aurcBound(), 2e-2);
        close("equal mass", exact.equalMassEce(), sketched.equalMassEce(), sketched.equalMassBound(), 2e-2);
        assertEquals(exact.debiasedEce(), sketched.debiasedEce(), 2e-3);
        int tight = 0;
        for (int i = 0; i < 20; i++) {
            assertEquals(
                    exact.riskCoverage().get(i).risk(),
                    sketched.riskCoverage().get(i).risk(),
                    sketched.riskBound((i + 1) / 20.0) + 1e-12);
            tight += sketched.riskBound((i + 1) / 20.0) < 3e-3 ? 1 : 0;
        }
        // In this set a tenth of the confidences is 1 but for 2^-40, and a fiftieth is 3/4.
        assertTrue(tight >= 15, "tight points: " + tight);
        assertEquals(0, exact.aurocBound());
        // By bin and by picture, 1,000 draws each.
        double[] fewer = Arrays.stream(keys, 0, 20_000).toArray();
        ConfidenceHistogram h = new ConfidenceHistogram();
        for (double k : fewer) {
            h.add(Math.abs(k), Confidences.correct(k), 1);
        }
        assertEquals(1, PerfectCalibration.byBin(h, fewer.length) / PerfectCalibration.byPicture(fewer), 0.05);
        assertTrue(PerfectCalibration.ece95(s) < PerfectCalibration.byBin(h, fewer.length) / 5);
    }

    private static void close(String what, double exact, double sketched, double bound, double most) {
        assertTrue(Math.abs(exact - sketched) <= bound, what + ": " + exact + ", " + sketched + ", bound " + bound);
        assertTrue(bound < most, what + "'s bound: " + bound);
    }

    private static Ranked exact(double[] keys) {
        List<double[]> sorted = new ArrayList<>();
        for (double k : keys) {
            sorted.add(new double[] {Math.abs(k), Confidences.correct(k) ? 1 : 0});
        }
        sorted.sort((a, b) -> a[0] != b[0] ? Double.compare(b[0], a[0]) : Double.compare(a[1], b[1]));
        Ranked r = new Ranked(new double[keys.length], new long[keys.length], new long[keys.length], true);
        for (int i = 0; i < keys.length; i++) {
            r.confidence()[i] = sorted.get(i)[0];
            (sorted.get(i)[1] == 1 ? r.correct() : r.wrong())[i] = 1;
        }
        return r;
    }

    @Test
    void manyClassesFit() throws IOException {
        SplittableRandom r = new SplittableRandom(13);
        Summary s = new Summary();
        double[] sum = new double[MANY_CLASSES];
        double[] own = new double[MANY_CLASSES];
        for (int i = 0; i < 20_000; i++) {
            double[] p = answer(r, MANY_CLASSES);
            int label = label(r, p);
            s.update(p, label);
            // Only the lowest bin is counted again here: it holds nearly all.
            for (int c = 0; c < MANY_CLASSES; c++) {
                if (p[c] <= 1.0 / 15) {
                    sum[c] += p[c];
                    own[c] += c == label ? 1 : 0;
                }
            }
        }
        assertTrue(size(s) < 5_000_000, "bytes: " + size(s));
        double[][] found = s.classes().gaps();
        for (int c = 0; c < MANY_CLASSES; c++) {
            assertEquals(own[c] - sum[c], found[c][0], 1e-5);
        }
        for (double value : Figures.of(s).values()) {
            assertTrue(Double.isFinite(value), Figures.of(s).toString());
        }
        Reliability slice = new Reliability();
        slice.update(answer(r, MANY_CLASSES), 3);
        assertTrue(size(slice) < 500, "bytes: " + size(slice));
    }

    @Test
    void mergingInAnyOrderGivesTheSameBitsBeyondTheLimit() {
        int n = 3 * Summary.EXACT / 2;
        int parts = 9;
        SplittableRandom r = new SplittableRandom(17);
        List<double[]> answers = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            answers.add(answer(r, 12));
            labels.add(label(r, answers.get(i)));
        }
        Summary whole = new Summary();
        for (int i = 0; i < n; i++) {
            whole.update(answers.get(i), labels.get(i));
        }
        String expected = text(whole);
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < parts; i++) {
            order.add(i);
        }
        for (int run = 0; run < 4; run++) {
            Collections.shuffle(order, new Random(run));
            List<Summary> all = new ArrayList<>();
            for (int k = 0; k < parts; k++) {
                Summary part = new Summary();
                for (int i = order.get(k); i < n; i += parts) {
                    part.update(answers.get(i), labels.get(i));
                }
                all.add(part);
            }
            // A chain, and pairs.
            Summary left = new Summary();
            all.subList(0, 4 + run).forEach(left::merge);
            Summary correct = new Summary();
            all.subList(4 + run, parts).forEach(correct::merge);
            assertEquals(expected, text(run % 2 == 0 ? left.merge(correct) : correct.merge(left)));
        }
    }

    private static String text(Summary s) {
        return Figures.of(s) + " " + CalibrationError.bins(s) + " "
                + Ranking.of(s).riskCoverage() + " " + PerfectCalibration.ece95(s) + " "
                + Figures.of(new Replicates(s).draw(3));
    }

    /** Both kinds of replicates, of the same pictures: figures' means and standard deviations over them. */
    @Test
    void replicatesOfCountsSpreadAsReplicatesOfPicturesDo() {
        SplittableRandom r = new SplittableRandom(19);
        int n = 6000;
        List<PictureMetrics> pictures = new ArrayList<>();
        Summary s = new Summary();
        for (int i = 0; i < n; i++) {
            double[] p = answer(r, 8);
            pictures.add(PictureMetrics.of(p, label(r, p)));
            s.update(pictures.get(i), 1);
        }
        Map<String, List<Double>> ofPictures = new TreeMap<>();
        Map<String, List<Double>> ofCounts = new TreeMap<>();
        Replicates replicates = new Replicates(s);
        Draws draws = new Draws(23);
        int runs = 400;
        for (int run = 0; run < runs; run++) {
            Summary replicate = new Summary();
            for (PictureMetrics p : pictures) {
                replicate.update(p, (int) draws.poisson(1));
            }
            Figures.of(replicate).forEach((k, v) -> ofPictures
                    .computeIfAbsent(k, x -> new ArrayList<>())
                    .add(v));
            Figures.of(replicates.draw(run)).forEach((k, v) -> ofCounts.computeIfAbsent(k, x -> new ArrayList<>())
                    .add(v));
        }
        ClassIntervals classes = new ClassIntervals(s);
        long[] sums = null;
        for (PictureMetrics p : pictures) {
            long[] own = classes.squares(p);
            for (int i = 0; sums != null && i < own.length; i++) {
                own[i] += sums[i];
            }
            sums = own;
        }
        Map<String, double[]> limits = classes.limits(sums);
        ofPictures.forEach((name, values) -> {
            double deviation = deviation(values);
            if (limits.containsKey(name)) {
                double[] limit = limits.get(name);
                assertEquals(1, (limit[1] - limit[0]) / (2 * 1.96 * deviation), 0.15, name);
                assertEquals(Figures.of(s).get(name), (limit[0] + limit[1]) / 2, 1e-12, name);
            } else {
                assertEquals(mean(values), mean(ofCounts.get(name)), 0.3 * deviation, name);
                assertEquals(1, deviation(ofCounts.get(name)) / deviation, 0.15, name);
            }
        });
        assertEquals(
                Figures.of(replicates.draw(5)).toString(),
                Figures.of(new Replicates(s).draw(5)).toString());
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(v -> v).average().orElseThrow();
    }

    private static double deviation(List<Double> values) {
        double mean = mean(values);
        return Math.sqrt(
                values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum() / (values.size() - 1));
    }

    @Test
    void cellsRiseWithTheConfidenceAndStayWithinABin() {
        SplittableRandom r = new SplittableRandom(29);
        double[] all = new double[200_000];
        for (int i = 0; i < all.length; i++) {
            double small = Math.pow(2, -60 * r.nextDouble());
            all[i] = i % 3 == 0 ? r.nextDouble() : i % 3 == 1 ? small : 1 - small;
        }
        for (int b = 0; b <= 15; b++) {
            all[b] = b / 15.0;
        }
        Arrays.sort(all);
        for (int i = 1; i < all.length; i++) {
            int cell = ConfidenceHistogram.cell(all[i]);
            int below = ConfidenceHistogram.cell(all[i - 1]);
            assertTrue(cell >= below && cell < ConfidenceHistogram.CELLS, all[i] + " in " + cell);
            assertEquals(Reliability.bin(all[i]), ConfidenceHistogram.bin(cell));
            if (cell == below && all[i] > 0x1p-20 && all[i] < 1 - 0x1p-40) {
                double of = Math.max(Math.min(all[i - 1], 1 - all[i]), 0);
                assertTrue(all[i] - all[i - 1] <= of / 64 + 1e-18, all[i - 1] + " and " + all[i]);
            }
        }
        assertEquals(0, ConfidenceHistogram.cell(0));
        assertEquals(ConfidenceHistogram.CELLS - 1, ConfidenceHistogram.cell(1));
    }

    @Test
    void drawsHaveTheirDistributionsMeanAndVariance() {
        Draws draws = new Draws(31);
        int n = 100_000;
        for (double mean : new double[] {0, 0.3, 4, 10, 57, 4000}) {
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < n; i++) {
                double k = draws.poisson(mean);
                sum += k;
                squares += k * k;
            }
            double found = sum / n;
            assertEquals(mean, found, 5 * Math.sqrt(mean / n) + 1e-12, "mean");
            assertEquals(mean, squares / n - found * found, 0.03 * mean + 1e-12, "variance");
        }
        for (double chance : new double[] {0, 0.001, 0.4, 0.97, 1}) {
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < n; i++) {
                double k = draws.binomial(1000, chance);
                sum += k;
                squares += k * k;
            }
            double found = sum / n;
            double variance = 1000 * chance * (1 - chance);
            assertEquals(1000 * chance, found, 5 * Math.sqrt(variance / n) + 0.01, "mean");
            // A Poisson number's variance lacks the factor 1 - chance.
            assertEquals(variance, squares / n - found * found, 0.06 * variance + 1e-9, "variance");
        }
    }
}
