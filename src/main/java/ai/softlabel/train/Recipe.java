package ai.softlabel.train;

import ai.softlabel.data.Normalization;
import ai.softlabel.loss.Loss;
import ai.softlabel.network.Model;
import ai.softlabel.optim.Schedule;
import java.io.Serializable;

/**
 * All that decides what training computes; the cluster it runs on does not.
 *
 * @param hyperparameters what a person chose
 * @param classes number of classes, at least 1
 * @param replicas replicas of the model, a divisor of the batch size over the accumulated batches
 */
public record Recipe(Hyperparameters hyperparameters, int classes, int replicas) implements Serializable {
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

    public boolean normFrozen() {
        return hyperparameters.normFrozen();
    }

    public long seed() {
        return hyperparameters.seed();
    }

    public Loss loss() {
        return hyperparameters.loss();
    }

    /** Label smoothing's ε; not a number for another loss. */
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

    /** Pictures that one replica sees at once; BatchNorm's batch. */
    public int replicaBatch() {
        return batchSize() / replicas / optimization().accumulate();
    }

    /** Whether an epoch, from 0, trains the head only. */
    public boolean frozen(int epoch) {
        return epoch < frozenEpochs();
    }

    /** The schedule of an epoch's phase: frozen epochs have one of their own, as in fastai's {@code fine_tune}. */
    Schedule schedule(int epoch, int stepsPerEpoch) {
        return frozen(epoch)
                ? optimization().frozen(stepsPerEpoch * frozenEpochs())
                : optimization().over(stepsPerEpoch * (epochs() - frozenEpochs()));
    }

    /** The model that learns. */
    public Model model() {
        return Model.of(architecture(), classes, normFrozen());
    }

    /** Passes over the pictures, or their features, in an epoch. */
    public int passes(int epoch) {
        return frozen(epoch) ? headPasses() : 1;
    }

    /** Where an epoch begins within its phase's schedule. */
    int firstStep(int epoch, int stepsPerEpoch) {
        return stepsPerEpoch * (frozen(epoch) ? epoch : epoch - frozenEpochs());
    }
}
