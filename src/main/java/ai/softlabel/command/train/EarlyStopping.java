package ai.softlabel.command.train;

/** Watches the validation part's NLL: which epoch was best, and whether it is time to stop. */
final class EarlyStopping {
    private final int patience;
    private int bestEpoch;
    private double best = Double.POSITIVE_INFINITY;
    private int last;

    /** @param patience epochs without a better one after which to stop, or 0 for never */
    EarlyStopping(int patience) {
        this.patience = patience;
    }

    /** Takes note of an epoch, from 1. */
    void note(int epoch, double nll) {
        last = epoch;
        if (nll < best) {
            best = nll;
            bestEpoch = epoch;
        }
    }

    boolean stops() {
        return patience > 0 && last - bestEpoch >= patience;
    }

    /** The best epoch so far, from 1, or 0 where nothing is watched. */
    int bestEpoch() {
        return patience > 0 ? bestEpoch : 0;
    }
}
