package ai.softlabel.train;

import ai.softlabel.network.ModelState;
import java.io.Serializable;
import java.util.List;

/**
 * Where training stands between two epochs: all that the next epoch's outcome depends on, besides the recipe and the
 * data.
 *
 * @param model weights and running statistics
 * @param states the optimiser's state arrays, each as long as the weights; last the weights' moving average, where
 *     there is one
 * @param epochs epochs done
 * @param losses the mean loss of each step so far
 * @param seconds inside training epochs so far
 * @param headPasses passes over the data that trained the head alone
 * @param lossState what the loss has learnt; empty where it learns nothing
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
    /** Where training begins. */
    public static Snapshot begin(ModelState model, Recipe recipe) {
        float[][] states = new float[recipe.optimization().states()][model.weights().length];
        if (recipe.optimization().average() > 0) {
            states[states.length - 1] = model.weights().clone();
        }
        return new Snapshot(model, states, 0, List.of(), 0, 0, recipe.loss().initial(recipe.classes()));
    }

    /** What is scored and saved: the average of the weights where there is one, else the weights. */
    public ModelState scored(Recipe recipe) {
        return recipe.optimization().average() > 0
                ? new ModelState(states[states.length - 1], model.statistics(), model.steps())
                : model;
    }
}
