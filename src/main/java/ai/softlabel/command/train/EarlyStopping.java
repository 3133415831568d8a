package ai.softlabel.command.train;

/** Early stopping on the validation NLL: tracks the best epoch and decides when to stop. */
final class EarlyStopping {
    private final int patience;
    private int bestEpoch;
    private double best = Double.POSITIVE_INFINITY;
    private int last;

    /** @param patience epochs without a better NLL after which to stop, or 0 for never */
    EarlyStopping(int patience) {
        this.patience = patience;
    }

    /** Records an epoch, numbered from 1. */
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

    /** The best epoch so far, from 1, or 0 without early stopping. */
    int bestEpoch() {
        return patience > 0 ? bestEpoch : 0;
    }
}
