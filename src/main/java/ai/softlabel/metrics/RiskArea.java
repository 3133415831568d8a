package ai.softlabel.metrics;

/**
 * The area under the risk-coverage curve (AURC): the mean over k = 1 to n of the error among the k most confident
 * answers (Geifman, Uziel and El-Yaniv, "Bias-Reduced Uncertainty Estimation for Deep Neural Classifiers", 2019).
 */
final class RiskArea {
    private static final int BY_SUM = 64;
    private static final double EULER = 0.5772156649015329;

    private RiskArea() {}

    /** The area; NaN for no answers. In a cell of a histogram correct and wrong are taken to be evenly spread. */
    static double of(Ranked r) {
        double sum = 0;
        long seen = 0;
        long wrong = 0;
        for (int i = 0; i < r.groups(); i++) {
            long count = r.count(i);
            sum += count == 1
                    ? (double) (wrong + r.wrong()[i]) / (seen + 1)
                    : run(wrong, (double) r.wrong()[i] / count, seen, count);
            seen += count;
            wrong += r.wrong()[i];
        }
        return sum / seen;
    }

    /** How far the area of a histogram may be off: from all correct to all wrong answers first in each cell; else 0. */
    static double bound(Ranked r) {
        double sum = 0;
        long seen = 0;
        long wrong = 0;
        for (int i = 0; i < r.groups() && !r.exact(); i++) {
            long w = r.wrong()[i];
            long c = r.correct()[i];
            sum += run(wrong, 1, seen, w) + run(wrong + w, 0, seen + w, c);
            sum -= run(wrong, 0, seen, c) + run(wrong, 1, seen + c, w);
            seen += w + c;
            wrong += w;
        }
        return seen == 0 ? 0 : Math.max(0, sum / seen);
    }

    /** The least area of so many answers with so many wrong ones: the wrong are the least confident. */
    static double least(long count, long wrong) {
        return run(0, 1, count - wrong, wrong) / count;
    }

    /** The sum over j = 1 to count of (wrong + share · j) / (seen + j). */
    private static double run(long wrong, double share, long seen, long count) {
        if (count <= BY_SUM) {
            double sum = 0;
            for (long j = 1; j <= count; j++) {
                sum += (wrong + share * j) / (seen + j);
            }
            return sum;
        }
        return share * count + (wrong - share * seen) * (harmonic(seen + count) - harmonic(seen));
    }

    /** 1 + 1/2 + ... + 1/k; from 64 by its asymptotic series, to 1e-13. */
    static double harmonic(long k) {
        if (k < BY_SUM) {
            double sum = 0;
            for (long j = k; j >= 1; j--) {
                sum += 1.0 / j;
            }
            return sum;
        }
        double square = 1.0 / k / k;
        return Math.log(k) + EULER + 0.5 / k - square / 12 + square * square / 120;
    }
}
