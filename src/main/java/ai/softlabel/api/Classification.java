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
 */
public record Classification(String label, double probability, List<Candidate> top, List<Double> probabilities) {
    public Classification {
        top = List.copyOf(top);
        probabilities = List.copyOf(probabilities);
    }

    /** A class and its probability. */
    public record Candidate(String label, double probability) {}
}
