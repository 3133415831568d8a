package ai.softlabel.metrics;

import java.io.Serializable;

/**
 * What error and calibration are computed from: counts, and sums in fixed point, so that merging summaries in any order
 * or grouping gives the same bits. A fresh one is the identity of {@link #merge}.
 *
 * <p>Terms. Confidence: the largest probability. Correct: the label is the class of the largest probability, of several
 * the first. Bins: those of {@link Reliability}.
 *
 * <p>Size: constant in the number of pictures. Up to {@link #EXACT} of them every confidence is kept; of more, how many
 * answers were correct and wrong in each of 3,700 cells of confidence, told apart to 1/64 of the confidence or of what
 * it lacks to 1 (110 kB). Error, NLL, Brier score, entropy, ECE, MCE, RMSCE and all figures over classes are the same
 * either way; those that go by the order of the confidences ({@link Ranking}) state their bounds. Over classes: 8 bytes
 * for each class and some 100 for each that is present.
 *
 * <p>Guarantee: a sum is exact to 2^-33 for each picture; it holds for 2^31 nats in all, beyond which an update throws.
 */
public final class Summary implements Serializable {
    private static final long serialVersionUID = 1;

    /** The number of pictures up to which every confidence is kept. */
    public static final int EXACT = 1 << 15;

    private final Reliability reliability;
    private final Moments nll;
    private final Moments brier;
    private final Moments entropy;
    private final Confidences confidences;
    private long correctInTop;
    private ClassCounts classes;

    public Summary() {
        this(new Reliability(), new Moments(), new Moments(), new Moments(), new Confidences());
    }

    Summary(Reliability reliability, Moments nll, Moments brier, Moments entropy, Confidences confidences) {
        this.reliability = reliability;
        this.nll = nll;
        this.brier = brier;
        this.entropy = entropy;
        this.confidences = confidences;
    }

    /** Adds a picture; see {@link PictureMetrics#of}. */
    public void update(double[] probabilities, int label) {
        update(PictureMetrics.of(probabilities, label), 1);
    }

    /**
     * Adds a picture several times, as a bootstrap's draw may.
     *
     * @param times at least 0
     */
    public void update(PictureMetrics p, int times) {
        if (times == 0) {
            return;
        }
        reliability.update(p, times);
        nll.add(p.nll(), times);
        brier.add(p.brier(), times);
        entropy.add(p.entropy(), times);
        confidences.add(p.confidence(), p.correct(), times);
        correctInTop += p.inTop() ? times : 0;
        if (classes == null) {
            classes = new ClassCounts(p.probabilities().length);
        }
        classes.add(p, times);
    }

    /** Adds another summary's pictures. */
    public Summary merge(Summary other) {
        reliability.merge(other.reliability);
        nll.merge(other.nll);
        brier.merge(other.brier);
        entropy.merge(other.entropy);
        confidences.addAll(other.confidences);
        correctInTop += other.correctInTop;
        if (other.classes != null) {
            classes = classes == null ? new ClassCounts(other.classes.classes()) : classes;
            classes.addAll(other.classes);
        }
        return this;
    }

    /** Whether every confidence is kept: up to {@link #EXACT} pictures. */
    public boolean exact() {
        return confidences.exact();
    }

    /** The number of pictures. */
    public long count() {
        return reliability.count();
    }

    /** The number of classes; 0 where there are no pictures. */
    public int classCount() {
        return classes == null ? 0 : classes.classes();
    }

    /** Count, error, NLL and the reliability diagram. */
    public Reliability reliability() {
        return reliability;
    }

    public double error() {
        return reliability.error();
    }

    public double topFiveError() {
        return FixedPoint.share(count() - correctInTop, count());
    }

    public double nll() {
        return reliability.nll();
    }

    public double brier() {
        return brier.mean(count());
    }

    public double entropy() {
        return entropy.mean(count());
    }

    public double meanConfidence() {
        return reliability.meanConfidence();
    }

    /** A replicate of this with such a reliability diagram, of which so many are wrong. */
    Summary drawn(Reliability of, Confidences drawn, long wrong, Draws draws) {
        long size = of.count();
        Summary s = new Summary(
                of,
                nll.drawn(size, count(), draws),
                brier.drawn(size, count(), draws),
                entropy.drawn(size, count(), draws),
                drawn);
        of.nll(s.nll.sum());
        long all = count() - reliability.correct();
        double inTop = all == 0 ? 0 : (double) (correctInTop - reliability.correct()) / all;
        s.correctInTop = of.correct() + draws.binomial(wrong, inTop);
        return s;
    }

    Confidences confidences() {
        return confidences;
    }

    /** Null where there are no pictures, and in a replicate of {@link Replicates}. */
    ClassCounts classes() {
        return classes;
    }
}
