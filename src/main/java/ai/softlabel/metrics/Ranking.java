package ai.softlabel.metrics;

import java.util.ArrayList;
import java.util.List;

/** Figures that come from the order of the confidences: equal-mass bins, AUROC, the risk-coverage curve. */
public final class Ranking {
    private static final int POINTS = 20;

    private final double[] falling;

    private Ranking(double[] falling) {
        this.falling = falling;
    }

    /** The pictures of a summary, in order. */
    public static Ranking of(Summary s) {
        return new Ranking(s.confidences().falling());
    }

    /**
     * A point of the risk-coverage curve.
     *
     * @param coverage share of the pictures that are answered, the most confident
     * @param risk error among those
     */
    public record Point(double coverage, double risk) {}

    /**
     * ECE over 15 bins of equal mass (Nguyen and O'Connor, 2015; bins as in the package uncertainty-calibration: their
     * edges lie half-way between neighbours, so equal confidences share a bin); NaN for no pictures.
     */
    public double equalMassEce() {
        double sum = 0;
        for (Mass m : masses()) {
            sum += m.count * Math.abs(m.confidence() - m.accuracy());
        }
        return sum / falling.length;
    }

    /**
     * Debiased L2 calibration error of the top label over the same bins: sqrt(max(0, Σ count/n · ((confidence -
     * accuracy)² - accuracy · (1 - accuracy) / (count - 1)))), bins of one picture left out (Kumar et al., "Verified
     * Uncertainty Calibration", 2019).
     */
    public double debiasedEce() {
        double sum = 0;
        for (Mass m : masses()) {
            if (m.count > 1) {
                double gap = m.confidence() - m.accuracy();
                sum += m.count * (gap * gap - m.accuracy() * (1 - m.accuracy()) / (m.count - 1));
            }
        }
        return falling.length == 0 ? Double.NaN : Math.sqrt(Math.max(0, sum / falling.length));
    }

    /**
     * The chance that a right answer has more confidence than a wrong one, equal ones counting half; NaN where all or
     * none are right.
     */
    public double auroc() {
        double wins = 0;
        long rights = 0;
        long wrongs = 0;
        int at = falling.length - 1;
        while (at >= 0) {
            double value = Math.abs(falling[at]);
            long right = 0;
            long wrong = 0;
            for (; at >= 0 && Math.abs(falling[at]) == value; at--) {
                if (Confidences.right(falling[at])) {
                    right++;
                } else {
                    wrong++;
                }
            }
            wins += right * (wrongs + wrong / 2.0);
            rights += right;
            wrongs += wrong;
        }
        return wins / rights / wrongs;
    }

    /** The error among the most confident 5 %, 10 % and so on to all; of equal confidences the wrong come first. */
    public List<Point> riskCoverage() {
        List<Point> points = new ArrayList<>();
        int wrong = 0;
        int seen = 0;
        for (int p = 1; p <= POINTS && falling.length > 0; p++) {
            int upTo = (int) Math.ceil((double) p * falling.length / POINTS);
            for (; seen < upTo; seen++) {
                wrong += Confidences.right(falling[seen]) ? 0 : 1;
            }
            points.add(new Point((double) p / POINTS, (double) wrong / seen));
        }
        return points;
    }

    private static final class Mass {
        private int count;
        private int right;
        private double sum;

        double confidence() {
            return sum / count;
        }

        double accuracy() {
            return (double) right / count;
        }
    }

    private List<Mass> masses() {
        int n = falling.length;
        int bins = Math.min(Summary.BINS, n);
        List<Mass> masses = new ArrayList<>();
        int edge = 0;
        int at = n - 1;
        for (int b = 0; b < bins; b++) {
            edge += n / bins + (b < n % bins ? 1 : 0);
            double upper = edge == n ? 1 : (Math.abs(falling[n - edge]) + Math.abs(falling[n - 1 - edge])) / 2;
            Mass mass = new Mass();
            for (; at >= 0 && Math.abs(falling[at]) <= upper; at--) {
                mass.count++;
                mass.right += Confidences.right(falling[at]) ? 1 : 0;
                mass.sum += Math.abs(falling[at]);
            }
            if (mass.count > 0) {
                masses.add(mass);
            }
        }
        return masses;
    }
}
