package ai.softlabel.train;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;

/**
 * The weight arrays of a process. Compiled networks point into an array, so a run gets the same array in each stage if
 * possible; each stage overwrites its content. Two stages never use one array at the same time. An idle array is kept
 * as long as a network points to it.
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
