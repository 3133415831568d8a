package ai.softlabel.train;

import ai.softlabel.data.Normalization;
import ai.softlabel.data.PictureSizes;
import ai.softlabel.loss.Loss;
import ai.softlabel.network.Model;
import ai.softlabel.optim.Schedule;
import java.io.Serializable;

/**
 * Everything that determines what training computes, independent of the cluster.
 *
 * @param hyperparameters the training settings
 * @param classes number of classes, at least 1
 * @param replicas replicas of the model, a divisor of the batch size over the accumulated batches
 * @param balance what is done about classes of different sizes
 */
public record Recipe(Hyperparameters hyperparameters, int classes, int replicas, Balance balance)
        implements Serializable {
    /** Every picture once an epoch, all classes of weight 1. */
    public Recipe(Hyperparameters hyperparameters, int classes, int replicas) {
        this(hyperparameters, classes, replicas, Balance.NONE);
    }

    public Recipe {
        int batches = replicas * hyperparameters.optimization().accumulate();
        if (classes < 1 || replicas < 1 || hyperparameters.batchSize() % batches != 0) {
            throw new IllegalArgumentException("expected classes, and replicas that share a batch of "
                    + hyperparameters.batchSize() + " evenly, found " + classes + " and " + batches);
        }
    }

    public String architecture() {
        return hyperparameters.architecture();
    }

    public int imageSize() {
        return hyperparameters.imageSize();
    }

    public PictureSizes testSizes() {
        return hyperparameters.testSizes();
    }

    /** The largest test size. */
    public int testSize() {
        return hyperparameters.testSize();
    }

    public int batchSize() {
        return hyperparameters.batchSize();
    }

    public int epochs() {
        return hyperparameters.epochs();
    }

    public int frozenEpochs() {
        return hyperparameters.frozenEpochs();
    }

    public int headPasses() {
        return hyperparameters.headPasses();
    }

    public boolean frozenNorm() {
        return hyperparameters.frozenNorm();
    }

    public long seed() {
        return hyperparameters.seed();
    }

    public Loss loss() {
        return hyperparameters.loss();
    }

    /** Label smoothing's ε; NaN for another loss. */
    public double smoothing() {
        return hyperparameters.smoothing();
    }

    public Augmentation augmentation() {
        return hyperparameters.augmentation();
    }

    public Optimization optimization() {
        return hyperparameters.optimization();
    }

    public Normalization normalization() {
        return hyperparameters.normalization();
    }

    /** The batch of one replica, which is also BatchNorm's batch. */
    public int replicaBatch() {
        return batchSize() / replicas / optimization().accumulate();
    }

    /** Whether an epoch, numbered from 0, trains only the head. */
    public boolean frozen(int epoch) {
        return epoch < frozenEpochs();
    }

    /** The schedule of an epoch's phase: frozen epochs have a separate one, as in fastai's {@code fine_tune}. */
    Schedule schedule(int epoch, int stepsPerEpoch) {
        return frozen(epoch)
                ? optimization().frozen(stepsPerEpoch * frozenEpochs())
                : optimization().over(stepsPerEpoch * (epochs() - frozenEpochs()));
    }

    /** The model that is trained. */
    public Model model() {
        return Model.of(architecture(), classes, frozenNorm());
    }

    /** Passes over the pictures, or their features, in an epoch. */
    public int passes(int epoch) {
        return frozen(epoch) ? headPasses() : 1;
    }

    /** The step of its phase's schedule at which an epoch starts. */
    int firstStep(int epoch, int stepsPerEpoch) {
        return stepsPerEpoch * (frozen(epoch) ? epoch : epoch - frozenEpochs());
    }
}
