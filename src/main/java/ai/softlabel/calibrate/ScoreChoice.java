package ai.softlabel.calibrate;

import ai.softlabel.metrics.Score;
import ai.softlabel.metrics.ScoreOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The confidence score of the least cross-fitted AURC: over five folds, the mean area of each fold's risk-coverage
 * curve. The power of the p-norm score is chosen on the other folds (Cattelan and Silva, "How to Fix a Broken
 * Confidence Estimator", 2024). Maximum probability stays where no score is better.
 *
 * @param chosen the score, its power chosen on all answers
 * @param aurc cross-fitted, of each score; the p-norm score with its power
 */
public record ScoreChoice(Score chosen, Map<Score, Double> aurc) {
    private static final List<Score> CANDIDATES = Score.candidates();
    private static final int FOLDS = 5;

    /** Chooses by answers, at least one. */
    public static ScoreChoice of(List<Answer> answers) {
        List<ScoreOrder> orders = orders(answers);
        Map<String, List<Integer>> families = new LinkedHashMap<>();
        for (int c = 0; c < CANDIDATES.size(); c++) {
            families.computeIfAbsent(CANDIDATES.get(c).name(), n -> new ArrayList<>())
                    .add(c);
        }
        int[] all = new int[answers.size()];
        Arrays.fill(all, 1);
        Map<Score, Double> aurc = new LinkedHashMap<>();
        families.values()
                .forEach(members ->
                        aurc.put(CANDIDATES.get(least(orders, members, all)), crossFitted(answers, orders, members)));
        Score best = Score.MAX_PROBABILITY;
        for (Map.Entry<Score, Double> e : aurc.entrySet()) {
            best = e.getValue() < aurc.get(best) ? e.getKey() : best;
        }
        return new ScoreChoice(best, aurc);
    }

    /** For each candidate, the answers by its score. */
    static List<ScoreOrder> orders(List<Answer> answers) {
        boolean[] correct = new boolean[answers.size()];
        for (int i = 0; i < correct.length; i++) {
            correct[i] = answers.get(i).correct();
        }
        List<ScoreOrder> orders = new ArrayList<>();
        for (int c = 0; c < CANDIDATES.size(); c++) {
            int of = c;
            orders.add(new ScoreOrder(
                    answers.stream().mapToDouble(a -> a.scores()[of]).toArray(), correct));
        }
        return orders;
    }

    private static double crossFitted(List<Answer> answers, List<ScoreOrder> orders, List<Integer> members) {
        double sum = 0;
        for (int fold = 0; fold < FOLDS; fold++) {
            int[] in = new int[answers.size()];
            int[] others = new int[answers.size()];
            int size = 0;
            for (int i = 0; i < in.length; i++) {
                in[i] = answers.get(i).fold() == fold ? 1 : 0;
                others[i] = 1 - in[i];
                size += in[i];
            }
            if (size > 0) {
                // Where all answers are in one fold, there are no others to choose by.
                int member = least(orders, members, size < in.length ? others : in);
                sum += size * orders.get(member).aurc(in);
            }
        }
        return sum / answers.size();
    }

    private static int least(List<ScoreOrder> orders, List<Integer> members, int[] times) {
        int best = members.get(0);
        double least = Double.POSITIVE_INFINITY;
        for (int m : members) {
            double aurc = members.size() == 1 ? 0 : orders.get(m).aurc(times);
            if (aurc < least) {
                least = aurc;
                best = m;
            }
        }
        return best;
    }
}
