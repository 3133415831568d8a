package ai.softlabel.train;

import ai.softlabel.model.ModelState;
import java.io.Serializable;
import java.util.List;

/**
 * Where training stands between two epochs: all that the next epoch's outcome depends on, besides the recipe and the
 * data.
 *
 * @param model weights and running statistics
 * @param velocity the optimiser's momentum, as long as the weights
 * @param epochs epochs done
 * @param losses the mean loss of each step so far
 * @param seconds inside training epochs so far
 * @param headPasses passes over the data that trained the head alone
 */
public record Snapshot(
        ModelState model, float[] velocity, int epochs, List<Double> losses, double seconds, int headPasses)
        implements Serializable {
    /** Where training begins. */
    public static Snapshot begin(ModelState model) {
        return new Snapshot(model, new float[model.weights().length], 0, List.of(), 0, 0);
    }
}
