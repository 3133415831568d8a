package ai.softlabel.run;

import ai.softlabel.score.Prediction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A row of what {@code predict} writes.
 *
 * @param path the picture's path below the data's root
 * @param predicted the most probable class, of several the first
 * @param confidence its probability
 * @param topK the most probable classes by falling probability, of equal ones in the model's order
 * @param logits one for each class, or null where they are not written
 * @param probabilities one for each class, or null where they are not written
 * @param own what else is said of it
 */
public record PredictedPicture(
        String path,
        String predicted,
        double confidence,
        List<Choice> topK,
        float[] logits,
        double[] probabilities,
        Confidence own) {
    /** A class and its probability. */
    public record Choice(String name, double probability) {}

    /**
     * What is said of a picture beside its probabilities; null what is not written.
     *
     * @param score the confidence score
     * @param abstain whether there is no answer
     * @param set the classes of its prediction set, in the model's order
     * @param labels of a model of several labels those at or above their thresholds, in the model's order
     */
    public record Confidence(Double score, Boolean abstain, List<String> set, List<Choice> labels) {
        /** Nothing. */
        public static final Confidence NONE = new Confidence(null, null, null);

        /** Of a model of one label. */
        public Confidence(Double score, Boolean abstain, List<String> set) {
            this(score, abstain, set, null);
        }
    }

    /**
     * The row of a prediction.
     *
     * @param most how many classes {@code topK} has, if there are so many
     * @param all whether logits and probabilities are written
     * @param own what else is said of it
     */
    public static PredictedPicture of(Prediction p, List<String> classes, int most, boolean all, Confidence own) {
        List<Choice> top = new ArrayList<>();
        for (int c : largest(p.probabilities(), most)) {
            top.add(new Choice(classes.get(c), p.probabilities()[c]));
        }
        Choice first = top.get(0);
        return new PredictedPicture(
                p.path(),
                first.name(),
                first.probability(),
                top,
                all ? p.logits() : null,
                all ? p.probabilities() : null,
                own);
    }

    /** The places of the largest values, by falling value, of equal ones by place. */
    static int[] largest(double[] values, int most) {
        int[] places = new int[Math.min(most, values.length)];
        int count = 0;
        for (int i = 0; i < values.length; i++) {
            int at = count;
            while (at > 0 && values[i] > values[places[at - 1]]) {
                at--;
            }
            if (at < places.length) {
                int moved = Math.min(count, places.length - 1) - at;
                System.arraycopy(places, at, places, at + 1, moved);
                places[at] = i;
                count = Math.min(count + 1, places.length);
            }
        }
        return Arrays.copyOf(places, count);
    }
}
