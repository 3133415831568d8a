package ai.softlabel.train;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;

/**
 * The weights' arrays of a process. Compiled networks point into them, so that a run gets the one back that it had in
 * its last stage, where it can; what is in it, each stage writes anew. No two stages have one at the same time. One
 * that is idle stays as long as a network points to it.
 */
final class SharedWeights {
    private static final List<SharedWeights> IDLE = new ArrayList<>();

    private final String run;
    private final WeakReference<float[]> array;

    private SharedWeights(String run, float[] array) {
        this.run = run;
        this.array = new WeakReference<>(array);
    }

    /** An array of this length for a stage of a run, to be given back. */
    static synchronized float[] borrow(String run, int length) {
        SharedWeights best = null;
        for (SharedWeights idle : IDLE) {
            float[] array = idle.array.get();
            if (array != null && array.length == length && (best == null || idle.run.equals(run))) {
                best = idle;
            }
        }
        float[] found = best == null ? null : best.array.get();
        IDLE.remove(best);
        IDLE.removeIf(idle -> idle.array.get() == null);
        return found == null ? new float[length] : found;
    }

    /** The stage that borrowed an array has ended. */
    static synchronized void giveBack(String run, float[] array) {
        IDLE.add(new SharedWeights(run, array));
    }
}
