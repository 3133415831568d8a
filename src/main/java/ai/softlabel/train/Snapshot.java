package ai.softlabel.train;

import ai.softlabel.network.ModelState;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * The state of training between two epochs, or between two stages of one: everything that what follows depends on
 * besides recipe and data.
 *
 * @param model weights and running statistics
 * @param states the optimiser's state arrays, each as long as the weights; last the weights' moving average, where
 *     there is one. Those that executors wrote into files have length 0 here
 * @param epochs number of finished epochs
 * @param losses the mean loss of each step of the last epoch, or of the one that it stands in
 * @param seconds inside training epochs so far
 * @param headPasses passes over the data that trained the head alone
 * @param lossState the loss's state; empty if the loss has none
 * @param within where it stands in an epoch; null between two
 * @param stored the files of the states that are not here, or null where all are
 */
public record Snapshot(
        ModelState model,
        float[][] states,
        int epochs,
        List<Double> losses,
        double seconds,
        int headPasses,
        float[] lossState,
        Within within,
        StateFiles.Stored stored)
        implements Serializable {
    /**
     * The middle of an epoch.
     *
     * @param step steps of the epoch that are done, at least 1
     * @param seconds inside this epoch so far
     * @param replicas what each replica has of its own
     */
    public record Within(int step, double seconds, List<ReplicaState> replicas) implements Serializable {}

    /** With all states. */
    public Snapshot(
            ModelState model,
            float[][] states,
            int epochs,
            List<Double> losses,
            double seconds,
            int headPasses,
            float[] lossState,
            Within within) {
        this(model, states, epochs, losses, seconds, headPasses, lossState, within, null);
    }

    /** Between two epochs. */
    public Snapshot(
            ModelState model,
            float[][] states,
            int epochs,
            List<Double> losses,
            double seconds,
            int headPasses,
            float[] lossState) {
        this(model, states, epochs, losses, seconds, headPasses, lossState, null, null);
    }

    /** The initial snapshot. */
    public static Snapshot start(ModelState model, Recipe recipe) {
        float[][] states = new float[recipe.optimization().states()][model.weights().length];
        if (recipe.optimization().average() > 0) {
            states[states.length - 1] = model.weights().clone();
        }
        return new Snapshot(model, states, 0, List.of(), 0, 0, recipe.loss().initial(recipe.classes()));
    }

    /** A copy of the numbers [from, to) of each state, wherever they are. */
    float[][] states(int from, int to) {
        float[][] out = new float[states.length][];
        float[][] read = stored == null ? null : stored.read(states.length, from, to);
        for (int i = 0; i < out.length; i++) {
            out[i] = here(i) ? Arrays.copyOfRange(states[i], from, to) : read[i];
        }
        return out;
    }

    /** Whether a state is here, and not in files. */
    boolean here(int state) {
        return stored == null || states[state].length > 0;
    }

    /** Whether two snapshots are of one model, optimiser and loss: every array is as long as the other's. */
    public boolean sameShape(Snapshot other) {
        return model.weights().length == other.model.weights().length
                && model.statistics().length == other.model.statistics().length
                && states.length == other.states.length
                && lossState.length == other.lossState.length;
    }

    /** Steps of the epoch that are done; 0 between two. */
    int step() {
        return within == null ? 0 : within.step();
    }

    /** Seconds inside the epoch so far; 0 between two. */
    double secondsWithin() {
        return within == null ? 0 : within.seconds();
    }

    /** The state that is scored and saved: the moving average of the weights if there is one, otherwise the weights. */
    public ModelState scored(Recipe recipe) {
        return recipe.optimization().average() > 0
                ? new ModelState(states[states.length - 1], model.statistics(), model.steps())
                : model;
    }
}
