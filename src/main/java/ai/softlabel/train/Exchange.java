package ai.softlabel.train;

import ai.softlabel.optim.Norms;

/**
 * How the executors of a stage exchange gradients and weights in a step. The active range of the flat array is cut in
 * one slice for each executor; a slice is summed and optimised where it is owned. All executors call the same methods
 * in the same order.
 */
interface Exchange {
    /** A range [from, to) of the flat arrays. */
    record Slice(int from, int to) implements java.io.Serializable {
        int size() {
            return to - from;
        }

        /** The k-th of n nearly equal parts, cut on {@link Norms#GRID}. */
        Slice part(int k, int n) {
            return new Slice(edge(k, n), edge(k + 1, n));
        }

        private int edge(int k, int n) {
            int place = from + (int) ((long) size() * k / n);
            int onGrid = (place + Norms.GRID / 2) / Norms.GRID * Norms.GRID;
            return k == 0 ? from : k == n ? to : Math.min(to, Math.max(from, onGrid));
        }
    }

    /** The range of the flat arrays that learns. */
    Slice active();

    /** The slice that this executor owns. */
    Slice mine();

    /** How many executors take part. */
    int members();

    /**
     * Sums gradients: afterwards {@link #mine()} of {@code sums} holds the sum over all executors, along
     * {@link TreeSum}'s tree.
     *
     * @param losses the losses of this executor's replicas
     * @return the losses of all replicas, in the executors' order
     */
    double[] reduce(int step, float[] sums, double[] losses) throws InterruptedException;

    /** Hands out {@link #mine()} of {@code weights} and fills in all other slices. */
    void gather(int step, float[] weights) throws InterruptedException;

    /** Every executor's figures, in the executors' order. */
    double[] share(int step, double[] figures) throws InterruptedException;

    /** Bytes that this executor has sent. */
    long bytesSent();
}
