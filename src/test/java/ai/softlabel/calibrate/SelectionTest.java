package ai.softlabel.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.metrics.ClopperPearson;
import ai.softlabel.metrics.Score;
import ai.softlabel.metrics.ScoreOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.junit.jupiter.api.Test;

class SelectionTest {
    private static final int POPULATION = 4000;

    /** Pictures of known probabilities: a picture is wrong with one less its largest probability. */
    private record Population(List<double[]> scores, double[] wrong) {
        static Population drawn(int classes, double temperature) {
            SplittableRandom r = new SplittableRandom(61);
            List<double[]> scores = new ArrayList<>();
            double[] wrong = new double[POPULATION];
            for (int i = 0; i < POPULATION; i++) {
                float[] z = new float[classes];
                for (int c = 0; c < classes; c++) {
                    z[c] = (float) r.nextDouble(-3, 3);
                }
                z[r.nextInt(classes)] += (float) r.nextDouble(0, 12);
                double[] p = Probabilities.softmax(z, c -> z[c] / temperature);
                wrong[i] = 1 - p[Probabilities.largest(p)];
                scores.add(Score.candidates().stream().mapToDouble(s -> s.of(z)).toArray());
            }
            return new Population(scores, wrong);
        }

        List<Answer> sample(SplittableRandom r, int count) {
            List<Answer> out = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int k = r.nextInt(POPULATION);
                out.add(new Answer(Long.toString(r.nextLong()), r.nextDouble() >= wrong[k], scores.get(k)));
            }
            return out;
        }

        /** The true error among the answered, and their true share. */
        double[] truth(Selection s, int threshold) {
            int candidate = Score.candidates().indexOf(s.score());
            double sum = 0;
            int answered = 0;
            for (int i = 0; i < POPULATION; i++) {
                if (scores.get(i)[candidate] >= s.thresholds()[threshold]) {
                    sum += wrong[i];
                    answered++;
                }
            }
            return new double[] {sum / answered, (double) answered / POPULATION};
        }
    }

    @Test
    void thePromiseIsBrokenAtMost65TimesIn1000() {
        Population known = Population.drawn(6, 1.3);
        SplittableRandom r = new SplittableRandom(62);
        int broken = 0;
        int naive = 0;
        int few = 0;
        double answered = 0;
        double most = 0.05;
        for (int i = 0; i < 1000; i++) {
            Selection s = Selection.of(known.sample(r, 1000)).orElseThrow();
            Optional<Integer> found = s.maxError(most);
            broken += found.isPresent() && known.truth(s, found.get())[0] > most ? 1 : 0;
            answered += found.isPresent() ? known.truth(s, found.get())[1] / 1000 : 0;
            int lowest = IntStream.range(0, s.thresholds().length)
                    .filter(t -> s.held()[t].error() <= most)
                    .max()
                    .orElse(0);
            naive += known.truth(s, lowest)[0] > most ? 1 : 0;
            few += known.truth(s, s.minCoverage(0.6))[1] < 0.6 ? 1 : 0;
        }
        assertTrue(broken <= 65, "broken " + broken);
        assertTrue(few <= 65, "too few answered " + few);
        // What the held-out error alone would promise is broken often; and what is held is no empty promise.
        assertTrue(naive > 300, "naive " + naive);
        assertTrue(answered > 0.3, "answered " + answered);
    }

    @Test
    void theTailsAreTheBinomials() {
        SplittableRandom r = new SplittableRandom(63);
        for (int i = 0; i < 300; i++) {
            int n = r.nextInt(1, 400);
            int k = r.nextInt(n + 1);
            double p = r.nextDouble(0.001, 0.999);
            BinomialDistribution b = new BinomialDistribution(null, n, p);
            assertEquals(b.cumulativeProbability(k), ClopperPearson.atMost(k, n, p), 1e-10);
            assertEquals(1 - b.cumulativeProbability(k - 1), ClopperPearson.atLeast(k, n, p), 1e-10);
            double upper = ClopperPearson.upper(k, n, 0.05);
            assertEquals(k == n ? 1 : 0.05, ClopperPearson.atMost(k, n, upper), 1e-9);
            assertEquals(k == 0 ? 1 : 0.05, ClopperPearson.atLeast(k, n, ClopperPearson.lower(k, n, 0.05)), 1e-9);
        }
        // The rule of three, exactly.
        assertEquals(1 - Math.pow(0.05, 1.0 / 300), ClopperPearson.upper(0, 300, 0.05), 1e-12);
        assertEquals(1, ClopperPearson.upper(0, 0, 0.05));
    }

    /** Of answers that the p-norm tells apart and no other score does, its power is the one that does it best. */
    @Test
    void theBestScoreIsChosenAndMaximumProbabilityWhereNoneIsBetter() {
        SplittableRandom r = new SplittableRandom(64);
        int four = Score.candidates().indexOf(new Score(Score.P_NORM, 4));
        List<Answer> all = new ArrayList<>();
        List<Answer> none = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            double[] scores = r.doubles(Score.candidates().size()).toArray();
            all.add(new Answer("a" + i, scores[four] > 0.3, scores));
            none.add(new Answer("a" + i, true, scores));
        }
        ScoreChoice choice = ScoreChoice.of(all);
        assertEquals(new Score(Score.P_NORM, 4), choice.chosen());
        assertEquals(
                Score.names(), choice.aurc().keySet().stream().map(Score::name).toList());
        assertEquals(Score.MAX_PROBABILITY, ScoreChoice.of(none).chosen());
        Selection s = Selection.of(all).orElseThrow();
        assertEquals(s.score(), choice.chosen());
        assertEquals(400, s.size() + s.choice()[99].count());
        int at = s.maxError(0.05).orElseThrow();
        assertTrue(s.coverage(at) > 0.55 && s.coverage(at) < 0.75, "coverage " + s.coverage(at));
        assertTrue(s.held()[at].error() <= 0.05);
        assertEquals(99, Selection.of(none).orElseThrow().maxError(0.05).orElseThrow());
    }

    @Test
    void anErrorThatNothingHoldsHasNoThreshold() {
        List<Answer> all = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            all.add(new Answer("a" + i, true, new double[Score.candidates().size()]));
        }
        Selection s = Selection.of(all).orElseThrow();
        assertTrue(s.maxError(0.01).isEmpty());
        assertEquals(1 - Math.pow(0.05, 1.0 / s.size()), s.leastError(), 1e-4);
        assertEquals(99, s.minCoverage(1));
        assertTrue(Selection.of(all.subList(0, 1)).isEmpty());
        assertThrows(IllegalArgumentException.class, () -> new Score("p-norm", 0));
        assertThrows(IllegalArgumentException.class, () -> new Score("margin", 2));
        assertThrows(IllegalArgumentException.class, () -> new Score("magic", 0));
    }

    @Test
    void aurcOfAPartIsThatOfItsAnswersAlone() {
        SplittableRandom r = new SplittableRandom(65);
        double[] scores = r.ints(50, 0, 20).asDoubleStream().toArray();
        boolean[] correct = new boolean[50];
        int[] times = new int[50];
        List<Double> drawn = new ArrayList<>();
        List<Boolean> hits = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            correct[i] = r.nextBoolean();
            times[i] = r.nextInt(3);
            for (int t = 0; t < times[i]; t++) {
                drawn.add(scores[i]);
                hits.add(correct[i]);
            }
        }
        boolean[] part = new boolean[hits.size()];
        IntStream.range(0, part.length).forEach(i -> part[i] = hits.get(i));
        double[] values = drawn.stream().mapToDouble(Double::doubleValue).toArray();
        ScoreOrder all = new ScoreOrder(scores, correct);
        assertEquals(new ScoreOrder(values, part).aurc(), all.aurc(times), 1e-15);
        assertEquals(ai.softlabel.metrics.Ranking.of(values, part).aurc(), new ScoreOrder(values, part).aurc(), 1e-15);
        assertTrue(Double.isNaN(all.aurc(new int[50])));
        assertFalse(Arrays.equals(times, new int[50]));
    }
}
