package ai.softlabel.loss;

import java.io.Serializable;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A loss over logits, one row at a time, in float64. An instance holds its parameters only and is safe for use by
 * several threads; state that changes during training is in a {@link LossState} that the caller keeps.
 *
 * <p>A loss with state (a row's loss depends on earlier epochs) overrides {@link #initial}, {@link #gathered} and
 * {@link #fold}: during an epoch each replica's rows add to its own sums; at the epoch's end the replicas' sums are
 * added in the replicas' order and folded into what was learnt.
 */
public interface Loss extends Serializable {
    /** Its name among {@link Losses#names}. */
    String name();

    /** Its parameters' values, by name, in the order in which its {@link LossType} lists them. */
    Map<String, Double> parameters();

    /** How its logits become probabilities. */
    default Link link() {
        return Link.SOFTMAX;
    }

    /**
     * One row's loss and gradient, each times the row's weight.
     *
     * @param logits the row's finite logits in [0, classes), left as they are
     * @param target the row's target in [0, classes), all on one class where the row has one label; see {@link Link}
     * @param weight the row's weight, at least 0
     * @param state the state and the sums of this epoch; losses without state ignore it
     * @param gradient gets the gradient with respect to the logits in [0, classes); it is not {@code target}
     * @return the loss in nats
     */
    double row(double[] logits, double[] target, int classes, double weight, LossState state, double[] gradient);

    /** The minimum of the loss, in nats, for a row of weight 1 with one label; empty if unknown. */
    default OptionalDouble minimum(int classes) {
        return OptionalDouble.empty();
    }

    /**
     * The same loss with class weights. By default they weigh whole rows: a row of target q by Σ q[j]·w[j], which is
     * its label's weight where it has one label.
     *
     * @param classWeights a finite weight of at least 0 for each class
     */
    default Loss weighted(double[] classWeights) {
        return new ClassWeighted(this, classWeights);
    }

    /** The state before the first epoch; empty for a loss without state. */
    default float[] initial(int classes) {
        return LossState.NONE.learnt();
    }

    /** The number of sums that a replica's rows add to during an epoch; 0 for a loss without state. */
    default int gathered(int classes) {
        return 0;
    }

    /**
     * The state for the next epoch, as float32, which is what checkpoints store.
     *
     * @param learnt the state in this epoch
     * @param sums the sums over all replicas in this epoch
     */
    default float[] fold(float[] learnt, double[] sums, int classes) {
        return learnt;
    }
}
