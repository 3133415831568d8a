package ai.softlabel.metrics;

import org.apache.commons.math3.special.Beta;

/**
 * Exact bounds on a share from a count of independent tries (Clopper and Pearson, "The Use of Confidence or Fiducial
 * Limits Illustrated in the Case of the Binomial", 1934).
 */
public final class ClopperPearson {
    private static final int STEPS = 60;

    private ClopperPearson() {}

    /**
     * The chance of at most so many hits.
     *
     * @param hits from 0 to {@code tries}
     * @param share the chance of each, in [0, 1]
     */
    public static double atMost(long hits, long tries, double share) {
        return hits >= tries ? 1 : Beta.regularizedBeta(1 - share, tries - hits, hits + 1.0);
    }

    /** The chance of at least so many hits; see {@link #atMost}. */
    public static double atLeast(long hits, long tries, double share) {
        return hits <= 0 ? 1 : Beta.regularizedBeta(share, hits, tries - hits + 1.0);
    }

    /** The largest share at which so few hits have a chance above {@code delta}; 1 where there are no tries. */
    public static double upper(long hits, long tries, double delta) {
        double low = 0;
        double high = 1;
        for (int i = 0; i < STEPS && hits < tries; i++) {
            double middle = (low + high) / 2;
            if (atMost(hits, tries, middle) > delta) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    /** The least share at which so many hits have a chance above {@code delta}; 0 where there are no tries. */
    public static double lower(long hits, long tries, double delta) {
        return 1 - upper(tries - hits, tries, delta);
    }

    /** The two-sided 95 % interval: the share is in it in at least 95 of 100 samples. */
    public static double[] interval(long hits, long tries) {
        return new double[] {lower(hits, tries, 0.025), upper(hits, tries, 0.025)};
    }
}
