package ai.softlabel.train;

import ai.softlabel.optim.GradientNorms;
import java.util.List;

/**
 * How the executors of a stage exchange gradients and weights in a step. The active range of the flat array is cut in
 * one slice for each executor; a slice is summed and optimised where it is owned. All executors call the same methods
 * in the same order; {@link #offer}, {@link #sum} and {@link #move} are for all tasks of an executor at once, each on
 * ranges of its own, which end on {@link GradientNorms#GRID} or where a slice does.
 */
interface Exchange {
    /** A range [from, to) of the flat arrays. */
    record Slice(int from, int to) implements java.io.Serializable {
        int size() {
            return to - from;
        }

        /** The k-th of n nearly equal parts, cut on {@link GradientNorms#GRID}. */
        Slice part(int k, int n) {
            return new Slice(edge(k, n), edge(k + 1, n));
        }

        private int edge(int k, int n) {
            int place = from + (int) ((long) size() * k / n);
            int onGrid = (place + GradientNorms.GRID / 2) / GradientNorms.GRID * GradientNorms.GRID;
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
     * What this executor can sum alone, by its own replicas' places: one range, unless they are not next to each other
     * in {@link SumTree}.
     */
    List<Range> pieces();

    /** How many pieces all executors have. */
    int parts();

    /** Some of an executor's replicas: {@code count} from the place {@code first} on. */
    record Range(int first, int count) {}

    /**
     * Writes down, for its owner, what this executor has of the gradients' sum in [from, to); nothing of its own.
     *
     * @param piece of {@link #pieces}, whose sum it is
     */
    void offer(int piece, float[] sum, int from, int to);

    /**
     * Sends what was offered, and waits for what the others have of {@link #mine()}.
     *
     * @param losses the losses of this executor's replicas
     * @return the losses of all replicas, in their order
     */
    double[] reduce(int step, double[] losses) throws InterruptedException;

    /**
     * Says with the next {@link #reduce} whether this executor wants the stage to end after that step. Where one does,
     * {@link #ends} is true in all of them after it.
     */
    default void wantsEnd(boolean wants) {}

    /** Whether an executor wanted the stage to end after the step that was reduced last. */
    default boolean ends() {
        return false;
    }

    /**
     * Adds what the others have, along {@link TreeSum}'s tree, to this executor's sums in [from, to), within
     * {@link #mine()}.
     *
     * @param sums for each of {@link #pieces} its sum
     * @param scratch as many arrays as there are {@link #parts}, of the range's length at the least; the first then
     *     begins with the sum
     */
    void sum(float[][] sums, int from, int to, float[][] scratch);

    /**
     * Moves the weights in [from, to), within {@link #mine()}, and writes down how.
     *
     * @param weights what they are; afterwards what all will have
     * @param moved from 0, what they are to be
     */
    void move(float[] weights, float[] moved, int from, int to);

    /** Sends how weights were moved, and fills in all other slices of {@code weights}. */
    void gather(int step, float[] weights) throws InterruptedException;

    /** Every executor's figures, in the executors' order. */
    double[] share(int step, double[] figures) throws InterruptedException;

    /** Bytes that this executor has sent. */
    long bytesSent();
}
