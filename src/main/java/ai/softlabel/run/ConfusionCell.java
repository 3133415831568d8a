package ai.softlabel.run;

/**
 * A non-zero cell of the confusion matrix.
 *
 * @param label the correct class
 * @param predicted the predicted class
 * @param count number of pictures with that label and prediction
 */
public record ConfusionCell(String label, String predicted, long count) {}
