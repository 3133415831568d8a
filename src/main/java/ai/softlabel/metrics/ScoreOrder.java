package ai.softlabel.metrics;

import java.util.Arrays;

/**
 * Answers by falling score, of equal scores the wrong first: sorted once, for the risk-coverage curves of any of them.
 */
public final class ScoreOrder {
    private final int[] order;
    private final boolean[] correct;

    /**
     * Sorts the answers.
     *
     * @param scores the surer the larger, none of them NaN
     * @param correct whether each answer is
     */
    public ScoreOrder(double[] scores, boolean[] correct) {
        Integer[] places = new Integer[scores.length];
        Arrays.setAll(places, i -> i);
        Arrays.sort(places, (a, b) -> {
            int byScore = Double.compare(scores[b], scores[a]);
            return byScore != 0 ? byScore : Boolean.compare(correct[a], correct[b]);
        });
        this.order = Arrays.stream(places).mapToInt(Integer::intValue).toArray();
        this.correct = correct.clone();
    }

    /** The area under the risk-coverage curve; see {@link Ranking#aurc}. */
    public double aurc() {
        int[] once = new int[order.length];
        Arrays.fill(once, 1);
        return aurc(once);
    }

    /**
     * That of a part of the answers, or of a bootstrap's draw.
     *
     * @param times how often each answer counts, from 0
     * @return NaN where none counts
     */
    public double aurc(int[] times) {
        double sum = 0;
        long seen = 0;
        long wrong = 0;
        for (int i : order) {
            for (int t = 0; t < times[i]; t++) {
                seen++;
                wrong += correct[i] ? 0 : 1;
                sum += (double) wrong / seen;
            }
        }
        return sum / seen;
    }

    /**
     * {@link #aurc(int[])} less the least that so many wrong answers have; see {@link Ranking#aurcExcess}.
     *
     * @param times how often each answer counts, from 0
     * @return NaN where none counts
     */
    public double excess(int[] times) {
        long count = 0;
        long wrong = 0;
        for (int i = 0; i < times.length; i++) {
            count += times[i];
            wrong += correct[i] ? 0 : times[i];
        }
        return aurc(times) - RiskArea.least(count, wrong);
    }

    /** The error among the first {@code share} of the answers, their number rounded up; see {@link Ranking#risk}. */
    public double risk(double share) {
        int most = (int) Math.ceil(share * order.length * (1 - 1e-12));
        int wrong = 0;
        for (int i = 0; i < most; i++) {
            wrong += correct[order[i]] ? 0 : 1;
        }
        return (double) wrong / most;
    }
}
