package ai.softlabel.api;

/**
 * An epoch of a training that has ended.
 *
 * @param number from 1
 * @param loss the mean training loss, in nats
 * @param learningRate the learning rate of its last step
 * @param seconds how long its steps took
 * @param imagesPerSecond pictures that were trained on in a second
 * @param validationError share of the validation pictures that are classified wrongly; NaN without validation pictures
 * @param validationNll their mean negative log-likelihood in nats; NaN without validation pictures
 */
public record Epoch(
        int number,
        double loss,
        double learningRate,
        double seconds,
        double imagesPerSecond,
        double validationError,
        double validationNll) {}
