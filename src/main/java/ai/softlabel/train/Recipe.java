package ai.softlabel.train;

import ai.softlabel.data.Normalization;
import java.io.Serializable;

/**
 * All that decides what training computes; the cluster it runs on does not.
 *
 * @param depth the ResNet's depth
 * @param classes number of classes
 * @param imageSize side of the pictures
 * @param batchSize pictures in a step, over all replicas
 * @param replicas replicas of the model; BatchNorm sees batchSize / replicas pictures
 * @param epochs all epochs
 * @param frozenEpochs how many of them, at the beginning, train the head only
 * @param seed seed of every random choice
 * @param smoothing label smoothing ε
 * @param cycle whether the schedule is one-cycle; else cosine
 * @param rate the body's highest learning rate
 * @param headFactor the head's rate over the body's
 * @param momentum Nesterov momentum where the schedule does not set it
 * @param weightDecay added to the gradient as decay · weight, not for BatchNorm and biases
 * @param minScale least area of a random crop, as a share of the picture's
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
        boolean cycle,
        double rate,
        double headFactor,
        double momentum,
        double weightDecay,
        double minScale,
        Normalization normalization)
        implements Serializable {

    /** Pictures that one replica sees in a step. */
    public int replicaBatch() {
        return batchSize / replicas;
    }

    /** Whether an epoch, from 0, trains the head only. */
    public boolean frozen(int epoch) {
        return epoch < frozenEpochs;
    }

    /** The schedule of an epoch's phase: frozen epochs have one of their own, as in fastai's {@code fine_tune}. */
    Schedule schedule(int epoch, int stepsPerEpoch) {
        int steps = stepsPerEpoch * (frozen(epoch) ? frozenEpochs : epochs - frozenEpochs);
        return cycle ? new Schedule.OneCycle(steps, rate) : new Schedule.Cosine(steps, rate, momentum);
    }

    /** Where an epoch begins within its phase's schedule. */
    int firstStep(int epoch, int stepsPerEpoch) {
        return stepsPerEpoch * (frozen(epoch) ? epoch : epoch - frozenEpochs);
    }
}
