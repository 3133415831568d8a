package ai.softlabel.train;

import ai.softlabel.data.Normalization;
import ai.softlabel.optim.Schedule;
import java.io.Serializable;

/**
 * All that decides what training computes; the cluster it runs on does not.
 *
 * @param depth the ResNet's depth
 * @param classes number of classes
 * @param imageSize side of the pictures
 * @param batchSize pictures in a step, over all replicas and accumulated batches
 * @param replicas replicas of the model
 * @param epochs all epochs
 * @param frozenEpochs how many of them, at the beginning, train the head only
 * @param seed seed of every random choice
 * @param smoothing label smoothing ε
 * @param normalization how pictures become input
 */
public record Recipe(
        int depth,
        int classes,
        int imageSize,
        int batchSize,
        int replicas,
        int epochs,
        int frozenEpochs,
        long seed,
        double smoothing,
        Augmentation augmentation,
        Optimization optimization,
        Normalization normalization)
        implements Serializable {

    /** The same recipe for data of so many classes, on so many replicas. */
    public Recipe on(int ofClasses, int onReplicas) {
        return new Recipe(
                depth,
                ofClasses,
                imageSize,
                batchSize,
                onReplicas,
                epochs,
                frozenEpochs,
                seed,
                smoothing,
                augmentation,
                optimization,
                normalization);
    }

    /** The same recipe with another smoothing and seed. */
    public Recipe with(double otherSmoothing, long otherSeed) {
        return new Recipe(
                depth,
                classes,
                imageSize,
                batchSize,
                replicas,
                epochs,
                frozenEpochs,
                otherSeed,
                otherSmoothing,
                augmentation,
                optimization,
                normalization);
    }

    /** Pictures that one replica sees at once; BatchNorm's batch. */
    public int replicaBatch() {
        return batchSize / replicas / optimization.accumulate();
    }

    /** Whether an epoch, from 0, trains the head only. */
    public boolean frozen(int epoch) {
        return epoch < frozenEpochs;
    }

    /** The schedule of an epoch's phase: frozen epochs have one of their own, as in fastai's {@code fine_tune}. */
    Schedule schedule(int epoch, int stepsPerEpoch) {
        return optimization.over(stepsPerEpoch * (frozen(epoch) ? frozenEpochs : epochs - frozenEpochs));
    }

    /** Where an epoch begins within its phase's schedule. */
    int firstStep(int epoch, int stepsPerEpoch) {
        return stepsPerEpoch * (frozen(epoch) ? epoch : epoch - frozenEpochs);
    }
}
