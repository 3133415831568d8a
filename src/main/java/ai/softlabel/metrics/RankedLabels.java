package ai.softlabel.metrics;

import java.util.Arrays;

/**
 * Scores by which something is ranked, the highest first, and whether each has what is looked for.
 *
 * @param scores falling
 * @param has one for each score
 */
public record RankedLabels(double[] scores, boolean[] has) {
    private long positives() {
        long n = 0;
        for (boolean h : has) {
            n += h ? 1 : 0;
        }
        return n;
    }

    /**
     * Average precision: Σ (recall - recall before) · precision over the different scores, without interpolation, as
     * scikit-learn's {@code average_precision_score}; NaN where nothing has it.
     */
    public double averagePrecision() {
        Sum sum = new Sum(positives(), 0, 0);
        for (int i = 0; i < has.length; i++) {
            sum.add(scores[i], has[i]);
        }
        return sum.result();
    }

    /**
     * The score at or above which to say that something has it, for the largest F1; of several the highest. NaN where
     * nothing has it.
     */
    public double bestThreshold() {
        long all = positives();
        long hits = 0;
        double best = 0;
        double threshold = Double.NaN;
        for (int k = 0; k < has.length; k++) {
            hits += has[k] ? 1 : 0;
            boolean last = k + 1 == has.length || scores[k + 1] != scores[k];
            // 2 hits / (said + have).
            double f1 = 2.0 * hits / (k + 1 + all);
            if (last && f1 > best) {
                best = f1;
                threshold = scores[k];
            }
        }
        return threshold;
    }

    /** The sum of a range of the ranking, by falling score, of which the part before has been counted. */
    public static final class Sum {
        private final long all;
        private long hits;
        private long seen;
        private long newHits;
        private double score = Double.NaN;
        private double sum;

        /**
         * @param all how many have the label in the whole ranking
         * @param hits how many of them stand before this range
         * @param seen how many stand before this range in all
         */
        public Sum(long all, long hits, long seen) {
            this.all = all;
            this.hits = hits;
            this.seen = seen;
        }

        /** Adds the next by falling score. Equal scores must lie in one range. */
        public void add(double nextScore, boolean has) {
            if (nextScore != score) {
                group();
                score = nextScore;
            }
            seen++;
            newHits += has ? 1 : 0;
        }

        private void group() {
            if (newHits > 0) {
                hits += newHits;
                sum += (double) newHits / all * hits / seen;
                newHits = 0;
            }
        }

        /** This range's part of the average precision; NaN where nothing has the label. */
        public double result() {
            group();
            return all == 0 ? Double.NaN : sum;
        }
    }

    /** The mean of those that are numbers; NaN where none is. */
    public static double mean(double[] values) {
        return Arrays.stream(values).filter(Double::isFinite).average().orElse(Double.NaN);
    }
}
