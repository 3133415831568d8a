package ai.softlabel.report;

/**
 * A misclassified picture with high confidence.
 *
 * @param path the picture's path below the data's root
 * @param confidence the predicted class's probability
 * @param jpeg the picture, small, as a JPEG
 */
public record Misclassification(String path, String label, String predicted, double confidence, byte[] jpeg) {}
