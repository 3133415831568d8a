package ai.softlabel.train;

import ai.softlabel.data.Normalization;
import ai.softlabel.network.Model;
import ai.softlabel.optim.Schedule;
import java.io.Serializable;

/**
 * All that decides what training computes; the cluster it runs on does not.
 *
 * @param depth the ResNet's depth
 * @param classes number of classes
 * @param imageSize side of the pictures that the body learns from
 * @param testSize side of those that are scored and that a frozen body makes features of, at least the image size
 * @param batchSize pictures in a step, over all replicas and accumulated batches
 * @param replicas replicas of the model
 * @param epochs all epochs
 * @param frozenEpochs how many of them, at the beginning, train the head only
 * @param headPasses passes of the head over the cached features in each of those
 * @param normFrozen whether BatchNorm stays as it is, folded into the convolutions, which learn
 * @param seed seed of every random choice
 * @param smoothing label smoothing ε
 * @param normalization how pictures become input
 */
public record Recipe(
        int depth,
        int classes,
        int imageSize,
        int testSize,
        int batchSize,
        int replicas,
        int epochs,
        int frozenEpochs,
        int headPasses,
        boolean normFrozen,
        long seed,
        double smoothing,
        Augmentation augmentation,
        Optimization optimization,
        Normalization normalization)
        implements Serializable {

    /** The same recipe for data of so many classes, on so many replicas. */
    public Recipe on(int ofClasses, int onReplicas) {
        return like(ofClasses, batchSize, onReplicas, seed, smoothing);
    }

    /** The same recipe with another batch. */
    public Recipe batch(int pictures) {
        return like(classes, pictures, replicas, seed, smoothing);
    }

    /** The same recipe with another smoothing and seed. */
    public Recipe with(double otherSmoothing, long otherSeed) {
        return like(classes, batchSize, replicas, otherSeed, otherSmoothing);
    }

    private Recipe like(int ofClasses, int ofBatch, int ofReplicas, long ofSeed, double ofSmoothing) {
        return new Recipe(
                depth,
                ofClasses,
                imageSize,
                testSize,
                ofBatch,
                ofReplicas,
                epochs,
                frozenEpochs,
                headPasses,
                normFrozen,
                ofSeed,
                ofSmoothing,
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
        return frozen(epoch)
                ? optimization.frozen(stepsPerEpoch * frozenEpochs)
                : optimization.over(stepsPerEpoch * (epochs - frozenEpochs));
    }

    /** The model that learns. */
    public Model model() {
        return Model.of("resnet" + depth, classes, normFrozen);
    }

    /** Passes over the pictures, or their features, in an epoch. */
    public int passes(int epoch) {
        return frozen(epoch) ? headPasses : 1;
    }

    /** Where an epoch begins within its phase's schedule. */
    int firstStep(int epoch, int stepsPerEpoch) {
        return stepsPerEpoch * (frozen(epoch) ? epoch : epoch - frozenEpochs);
    }
}
