package ai.softlabel.api;

import java.util.List;

/**
 * What a classifier says of one picture.
 *
 * @param label the most probable class; of several the first in the classifier's order
 * @param probability its probability after recalibration, in [0, 1]
 * @param top the most probable classes by falling probability, {@code label} first; of equal ones in the classifier's
 *     order
 * @param probabilities one for each class, in the order of {@link Classifier#classes}; they sum to 1
 * @param abstain whether the picture should be left to a person, see {@link Classifier.Builder#maxError} and
 *     {@link Classifier.Builder#minCoverage}; false where neither is set
 * @param predictionSet the names of the classes that hold the correct one with the probability of
 *     {@link Classifier.Builder#coverage}, in the classifier's order; null where that is not set
 */
public record Classification(
        String label,
        double probability,
        List<Candidate> top,
        List<Double> probabilities,
        boolean abstain,
        List<String> predictionSet) {
    public Classification {
        top = List.copyOf(top);
        probabilities = List.copyOf(probabilities);
        predictionSet = predictionSet == null ? null : List.copyOf(predictionSet);
    }

    /** A class and its probability. */
    public record Candidate(String label, double probability) {}
}
