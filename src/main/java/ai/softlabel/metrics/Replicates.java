package ai.softlabel.metrics;

/**
 * Bootstrap replicates drawn from a summary alone. A replicate takes each picture a Poisson number of times of mean 1
 * (Chamandy et al., "Estimating Uncertainty for Massive Data Streams", 2012), so each cell of the histogram of
 * confidence holds Poisson numbers of correct and wrong answers with its own counts as means: no picture is needed.
 * Sums of NLL, Brier score and entropy are normal numbers of the pictures' mean and variance, which leaves
 * 1/sqrt(count) of their skewness out. Figures over classes have no replicate: see {@link ClassIntervals}.
 */
public final class Replicates {
    private final Summary summary;
    private final ConfidenceHistogram cells;
    private final int[] bin = new int[ConfidenceHistogram.CELLS];

    /** Replicates of a summary. */
    public Replicates(Summary summary) {
        this.summary = summary;
        this.cells = summary.confidences().histogram();
        for (int i = 0; i < bin.length; i++) {
            bin[i] = ConfidenceHistogram.bin(i);
        }
    }

    /** A replicate, the same for the same summary and seed; its figures over classes are NaN. */
    public Summary draw(long seed) {
        Draws draws = new Draws(seed);
        ConfidenceHistogram drawn = new ConfidenceHistogram();
        Reliability reliability = new Reliability();
        for (int i = 0; i < ConfidenceHistogram.CELLS; i++) {
            if (cells.count(i) > 0) {
                drawn.correct[i] = draws.poisson(cells.correct[i]);
                drawn.wrong[i] = draws.poisson(cells.wrong[i]);
                drawn.sum[i] = Math.round((double) cells.sum[i] / cells.count(i) * drawn.count(i));
                if (drawn.count(i) > 0) {
                    reliability.add(bin[i], drawn.count(i), drawn.correct[i], drawn.sum[i]);
                }
            }
        }
        long wrong = reliability.count() - reliability.correct();
        return summary.drawn(reliability, new Confidences(drawn), wrong, draws);
    }
}
