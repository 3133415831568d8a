package ai.softlabel.train;

import ai.softlabel.network.ModelState;
import java.io.Serializable;
import java.util.List;

/**
 * The state of training between two epochs: everything that the next epoch depends on besides recipe and data.
 *
 * @param model weights and running statistics
 * @param states the optimiser's state arrays, each as long as the weights; last the weights' moving average, where
 *     there is one
 * @param epochs number of finished epochs
 * @param losses the mean loss of each step so far
 * @param seconds inside training epochs so far
 * @param headPasses passes over the data that trained the head alone
 * @param lossState the loss's state; empty if the loss has none
 */
public record Snapshot(
        ModelState model,
        float[][] states,
        int epochs,
        List<Double> losses,
        double seconds,
        int headPasses,
        float[] lossState)
        implements Serializable {
    /** The initial snapshot. */
    public static Snapshot start(ModelState model, Recipe recipe) {
        float[][] states = new float[recipe.optimization().states()][model.weights().length];
        if (recipe.optimization().average() > 0) {
            states[states.length - 1] = model.weights().clone();
        }
        return new Snapshot(model, states, 0, List.of(), 0, 0, recipe.loss().initial(recipe.classes()));
    }

    /** Whether two snapshots are of one model, optimiser and loss: every array is as long as the other's. */
    public boolean sameShape(Snapshot other) {
        return model.weights().length == other.model.weights().length
                && model.statistics().length == other.model.statistics().length
                && states.length == other.states.length
                && lossState.length == other.lossState.length;
    }

    /** The state that is scored and saved: the moving average of the weights if there is one, otherwise the weights. */
    public ModelState scored(Recipe recipe) {
        return recipe.optimization().average() > 0
                ? new ModelState(states[states.length - 1], model.statistics(), model.steps())
                : model;
    }
}
