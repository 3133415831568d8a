package ai.softlabel.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Figures that come from the order of the confidences: equal-mass bins, AUROC, the risk-coverage curve.
 *
 * <p>Of more than {@link Summary#EXACT} pictures they come from a histogram; each says how far it may be off, and
 * {@link #aurocBound}, {@link #aurcBound} and {@link #equalMassBound} give the number for the pictures at hand.
 */
public final class Ranking {
    private static final int POINTS = 20;

    private final Ranked answers;
    private final long size;
    private EqualMass masses;

    Ranking(Ranked answers) {
        this.answers = answers;
        this.size = answers.size();
    }

    /** The pictures of a summary, in order. */
    public static Ranking of(Summary s) {
        return new Ranking(Ranked.of(s.confidences()));
    }

    /**
     * Answers in the order of any confidence score.
     *
     * @param scores the surer the larger, none of them NaN
     * @param correct whether each answer is
     */
    public static Ranking of(double[] scores, boolean[] correct) {
        Integer[] order = new Integer[scores.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> {
            int byScore = Double.compare(scores[b], scores[a]);
            return byScore != 0 ? byScore : Boolean.compare(correct[a], correct[b]);
        });
        int n = scores.length;
        Ranked r = new Ranked(new double[n], new long[n], new long[n], true);
        for (int i = 0; i < n; i++) {
            r.confidence()[i] = scores[order[i]];
            (correct[order[i]] ? r.correct() : r.wrong())[i] = 1;
        }
        return new Ranking(r);
    }

    /**
     * A point of the risk-coverage curve.
     *
     * @param coverage share of the pictures that are answered, the most confident
     * @param risk error among those
     */
    public record Point(double coverage, double risk) {}

    private EqualMass masses() {
        masses = masses == null ? EqualMass.of(answers) : masses;
        return masses;
    }

    /**
     * ECE over 15 bins of equal mass (see {@link EqualMass}); NaN for no pictures. From a histogram it is off by at
     * most {@link #equalMassBound}.
     */
    public double equalMassEce() {
        double sum = 0;
        for (EqualMass.Bin m : masses().bins()) {
            sum += m.count() * Math.abs(m.confidence() - m.accuracy());
        }
        return sum / size;
    }

    /**
     * Debiased L2 calibration error of the top label over the same bins: sqrt(max(0, Σ count/n · ((confidence -
     * accuracy)² - accuracy · (1 - accuracy) / (count - 1)))), bins of one picture left out (Kumar et al., "Verified
     * Uncertainty Calibration", 2019). From a histogram its square is off by at most 6 times the share of the pictures
     * in cells that an edge lies in, and 8/n.
     */
    public double debiasedEce() {
        double sum = 0;
        for (EqualMass.Bin m : masses().bins()) {
            if (m.count() > 1) {
                double gap = m.confidence() - m.accuracy();
                sum += m.count() * (gap * gap - m.accuracy() * (1 - m.accuracy()) / (m.count() - 1));
            }
        }
        return size == 0 ? Double.NaN : Math.sqrt(Math.max(0, sum / size));
    }

    /**
     * The chance that a correct answer has more confidence than a wrong one, equal ones counting half; NaN where all or
     * none are correct. From a histogram it is off by at most {@link #aurocBound}.
     */
    public double auroc() {
        double wins = 0;
        long corrects = 0;
        long wrongs = 0;
        int at = answers.groups() - 1;
        while (at >= 0) {
            int first = at;
            long correct = 0;
            long wrong = 0;
            for (; at >= 0 && answers.tied(at, first); at--) {
                correct += answers.correct()[at];
                wrong += answers.wrong()[at];
            }
            wins += correct * (wrongs + wrong / 2.0);
            corrects += correct;
            wrongs += wrong;
        }
        return wins / corrects / wrongs;
    }

    /** The risk at coverages of 5 %, 10 % and so on to all; see {@link #risk}. */
    public List<Point> riskCoverage() {
        List<Point> points = new ArrayList<>();
        for (int p = 1; p <= POINTS && size > 0; p++) {
            Cut cut = cut((long) Math.ceil((double) p * size / POINTS));
            points.add(new Point((double) p / POINTS, cut.wrong() / cut.upTo()));
        }
        return points;
    }

    /**
     * The error among the most confident share of the pictures, their number rounded up; of equal confidences the wrong
     * come first. NaN for no pictures. From a histogram it is off by at most {@link #riskBound}.
     *
     * @param coverage above 0, at most 1
     */
    public double risk(double coverage) {
        Cut cut = cut(answered(coverage));
        return cut.wrong() / cut.upTo();
    }

    /**
     * How far {@link #risk} may be off: by the order of correct and wrong within the cell that the cut lies in; else 0.
     */
    public double riskBound(double coverage) {
        Cut cut = cut(answered(coverage));
        return size == 0 ? 0 : cut.unknown() / cut.upTo();
    }

    /** The number of answers, rounded up; a product that a rounding error puts above a whole number is that number. */
    private long answered(double coverage) {
        return (long) Math.ceil(coverage * size * (1 - 1e-12));
    }

    /** Wrong answers among the most confident, and how far the order of equal confidences could change their number. */
    private record Cut(long upTo, double wrong, double unknown) {}

    private Cut cut(long upTo) {
        int group = 0;
        long seen = 0;
        long wrong = 0;
        while (group < answers.groups() && seen + answers.count(group) <= upTo) {
            seen += answers.count(group);
            wrong += answers.wrong()[group++];
        }
        long part = upTo - seen;
        if (part == 0) {
            return new Cut(upTo, wrong, 0);
        }
        long of = answers.wrong()[group];
        double unknown = Math.min(of, part) - Math.max(0, part - answers.correct()[group]);
        return new Cut(upTo, wrong + (double) of * part / answers.count(group), unknown);
    }

    /**
     * The area under the risk-coverage curve: the mean over k = 1 to n of the error among the k most confident
     * (Geifman, Uziel and El-Yaniv, 2019); of equal confidences the wrong come first. NaN for no pictures. From a
     * histogram it is off by at most {@link #aurcBound}.
     */
    public double aurc() {
        return RiskArea.of(answers);
    }

    /** AURC less the least that so many wrong answers have, which is that of all of them coming last. */
    public double aurcExcess() {
        return aurc() - RiskArea.least(size, wrong());
    }

    /**
     * The excess over that of an order by chance: 0 for the best order, 1 for one that tells nothing (Cattelan and
     * Silva, "How to Fix a Broken Confidence Estimator", 2024, NAURC). NaN where all or none are correct.
     */
    public double aurcNormalized() {
        return aurcExcess() / ((double) wrong() / size - RiskArea.least(size, wrong()));
    }

    /** How far {@link #aurc} and {@link #aurcExcess} may be off: by the order within each cell; else 0. */
    public double aurcBound() {
        return RiskArea.bound(answers);
    }

    private long wrong() {
        return Arrays.stream(answers.wrong()).sum();
    }

    /**
     * How far {@link #auroc} may be off: half of the pairs of a correct and a wrong answer that share a cell; else 0.
     */
    public double aurocBound() {
        double shared = 0;
        double corrects = 0;
        double wrongs = 0;
        for (int i = 0; i < answers.groups(); i++) {
            shared += answers.exact() ? 0 : (double) answers.correct()[i] * answers.wrong()[i];
            corrects += answers.correct()[i];
            wrongs += answers.wrong()[i];
        }
        return corrects * wrongs == 0 ? 0 : shared / 2 / corrects / wrongs;
    }

    /**
     * How far {@link #equalMassEce} may be off: an answer that an exact edge would put into the neighbouring bin
     * changes two bins by what its confidence is from being correct, so twice that sum over the cells with an edge in
     * them; else 0.
     */
    public double equalMassBound() {
        return size == 0 ? 0 : 2 * masses().split() / size + 1 / FixedPoint.ONE;
    }
}
