package ai.softlabel.run;

/**
 * A cell of the confusion matrix that is not zero.
 *
 * @param label the correct class
 * @param predicted the class predicted
 * @param count pictures of that label and prediction
 */
public record ConfusionCell(String label, String predicted, long count) {}
