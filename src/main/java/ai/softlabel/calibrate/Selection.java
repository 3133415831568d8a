package ai.softlabel.calibrate;

import ai.softlabel.metrics.ClopperPearson;
import ai.softlabel.metrics.Score;
import java.io.Serializable;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * When to answer: a confidence score and the thresholds that it may be held against, with what held-out pictures say of
 * each. The score and the thresholds come from two of five of the pictures, the counts from the others, so a count is
 * binomial at each threshold.
 *
 * <p>Guarantee, for new pictures drawn as the held-out ones were: with probability 1 - δ over the held-out pictures,
 * the error among the answered ones is at most the one that was promised (Angelopoulos et al., "Learn then Test", 2021:
 * the thresholds are tested in an order that the counts do not influence, each by its exact binomial tail, up to the
 * first that fails).
 *
 * @param score what is held against the threshold, from logits as the model gives them
 * @param aurc cross-fitted, of each score that was compared, on the pictures that chose
 * @param thresholds falling; the last is -∞, at which every picture is answered
 * @param choice for each threshold the answered among the pictures that chose
 * @param held for each threshold the answered among the pictures that did not
 */
public record Selection(Score score, Map<Score, Double> aurc, double[] thresholds, Answered[] choice, Answered[] held)
        implements Serializable {
    /** A guarantee fails with at most this probability. */
    public static final double DELTA = 0.05;

    private static final int STEPS = 100;

    /**
     * Answers at or above a threshold.
     *
     * @param count how many they are
     * @param wrong how many of them are wrong
     */
    public record Answered(long count, long wrong) implements Serializable {
        /** Share of wrong ones; NaN for none. */
        public double error() {
            return (double) wrong / count;
        }
    }

    /**
     * Fits on labelled pictures that the model was not trained on.
     *
     * @return empty where either of the two parts has no picture
     */
    public static Optional<Selection> of(List<Answer> answers) {
        List<Answer> chooses = answers.stream().filter(Answer::chooses).toList();
        List<Answer> tests = answers.stream().filter(a -> !a.chooses()).toList();
        if (chooses.isEmpty() || tests.isEmpty()) {
            return Optional.empty();
        }
        ScoreChoice choice = ScoreChoice.of(chooses);
        int candidate = Score.candidates().indexOf(choice.chosen());
        double[] own = scores(chooses, candidate);
        double[] sorted = own.clone();
        Arrays.sort(sorted);
        double[] thresholds = new double[STEPS];
        for (int i = 1; i < STEPS; i++) {
            int answered = Math.max(1, (int) ((long) i * sorted.length / STEPS));
            thresholds[i - 1] = sorted[sorted.length - answered];
        }
        thresholds[STEPS - 1] = Double.NEGATIVE_INFINITY;
        return Optional.of(new Selection(
                choice.chosen(),
                new LinkedHashMap<>(choice.aurc()),
                thresholds,
                counts(own, chooses, thresholds),
                counts(scores(tests, candidate), tests, thresholds)));
    }

    private static double[] scores(List<Answer> answers, int candidate) {
        return answers.stream().mapToDouble(a -> a.scores()[candidate]).toArray();
    }

    private static Answered[] counts(double[] scores, List<Answer> answers, double[] thresholds) {
        Answered[] out = new Answered[thresholds.length];
        for (int t = 0; t < out.length; t++) {
            long count = 0;
            long wrong = 0;
            for (int i = 0; i < scores.length; i++) {
                if (scores[i] >= thresholds[t]) {
                    count++;
                    wrong += answers.get(i).correct() ? 0 : 1;
                }
            }
            out[t] = new Answered(count, wrong);
        }
        return out;
    }

    /** The number of held-out pictures that the thresholds were tested on. */
    public long size() {
        return held[held.length - 1].count();
    }

    /** The share of the held-out pictures that are answered at a threshold. */
    public double coverage(int threshold) {
        return (double) held[threshold].count() / size();
    }

    /**
     * The place of the lowest threshold at which the error among the answered is at most {@code error}, with
     * probability 1 - δ; empty where none is.
     *
     * @param error above 0, below 1
     */
    public Optional<Integer> maxError(double error) {
        int first = 0;
        double least = Double.POSITIVE_INFINITY;
        // Where the pictures that chose make it the safest; of equal ones the one that answers most.
        for (int t = 0; t < thresholds.length; t++) {
            double tail = ClopperPearson.atMost(choice[t].wrong(), choice[t].count(), error);
            if (tail <= least) {
                least = tail;
                first = t;
            }
        }
        int last = first;
        while (last < thresholds.length
                && ClopperPearson.atMost(held[last].wrong(), held[last].count(), error) <= DELTA) {
            last++;
        }
        return last == first ? Optional.empty() : Optional.of(last - 1);
    }

    /**
     * The place of the highest threshold at which at least a share of the pictures is answered, with probability 1 - δ.
     *
     * @param coverage above 0, at most 1
     */
    public int minCoverage(double coverage) {
        int t = thresholds.length - 1;
        while (t > 0 && ClopperPearson.atLeast(held[t - 1].count(), size(), coverage) <= DELTA) {
            t--;
        }
        return t;
    }

    /** The least error that some threshold holds, to 0.01 %; 1 where none holds any. */
    public double leastError() {
        for (int i = 1; i < 10_000; i++) {
            if (maxError(i / 10_000.0).isPresent()) {
                return i / 10_000.0;
            }
        }
        return 1;
    }
}
