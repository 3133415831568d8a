package ai.softlabel.metrics;

/**
 * Answers by falling confidence, in groups: one answer each where every confidence is known, of equal confidences the
 * wrong first; else those of a cell of the histogram, in which correct and wrong are taken to be evenly spread.
 *
 * @param confidence for each group, its mean
 * @param correct for each group
 * @param wrong for each group
 * @param exact whether every group is one answer
 */
record Ranked(double[] confidence, long[] correct, long[] wrong, boolean exact) {
    static Ranked of(Confidences c) {
        return c.exact() ? exact(c.falling()) : binned(c.histogram());
    }

    private static Ranked exact(double[] falling) {
        int n = falling.length;
        Ranked r = new Ranked(new double[n], new long[n], new long[n], true);
        for (int i = 0; i < n; i++) {
            r.confidence[i] = Math.abs(falling[i]);
            (Confidences.correct(falling[i]) ? r.correct : r.wrong)[i] = 1;
        }
        return r;
    }

    private static Ranked binned(ConfidenceHistogram h) {
        int groups = 0;
        for (int i = 0; i < ConfidenceHistogram.CELLS; i++) {
            groups += h.count(i) > 0 ? 1 : 0;
        }
        Ranked r = new Ranked(new double[groups], new long[groups], new long[groups], false);
        for (int i = 0; i < ConfidenceHistogram.CELLS; i++) {
            if (h.count(i) > 0) {
                groups--;
                r.confidence[groups] = h.confidence(i);
                r.correct[groups] = h.correct[i];
                r.wrong[groups] = h.wrong[i];
            }
        }
        return r;
    }

    int groups() {
        return confidence.length;
    }

    long count(int group) {
        return correct[group] + wrong[group];
    }

    /** The number of answers. */
    long size() {
        long n = 0;
        for (int i = 0; i < groups(); i++) {
            n += count(i);
        }
        return n;
    }

    /** The group of the answer at a place, counted from 0 at the least confident. */
    int groupAt(long place) {
        if (exact) {
            return groups() - 1 - (int) place;
        }
        int group = groups() - 1;
        for (long upTo = count(group); place >= upTo; upTo += count(group)) {
            group--;
        }
        return group;
    }

    /** Whether two groups' confidences are equal; a histogram's cells differ, though their means may round alike. */
    boolean tied(int one, int other) {
        return one == other || (exact && confidence[one] == confidence[other]);
    }
}
