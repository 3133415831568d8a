package ai.softlabel.calibrate;

import ai.softlabel.metrics.Score;
import java.io.Serializable;
import java.util.List;

/**
 * A labelled picture's answer, as the choice of a confidence score and of its threshold sees it.
 *
 * @param name what the part that it is used for follows from
 * @param correct whether the most probable class is the label
 * @param scores of each of {@link Score#candidates}
 */
public record Answer(String name, boolean correct, double[] scores) implements Serializable {
    private static final List<Score> CANDIDATES = Score.candidates();

    /**
     * The answer of a picture's logits.
     *
     * @param probabilities recalibrated, one for each class
     */
    public static Answer of(Labelled d, double[] probabilities) {
        double[] scores = new double[CANDIDATES.size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = CANDIDATES.get(i).of(d.logits());
        }
        return new Answer(d.name(), Probabilities.largest(probabilities) == d.label(), scores);
    }

    /** Whether the score is chosen by it (two of five pictures, hashed by name); else it tests thresholds. */
    boolean chooses() {
        return SetsFit.chooses(name);
    }

    int fold() {
        return Folds.fold(name);
    }
}
