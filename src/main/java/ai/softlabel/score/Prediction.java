package ai.softlabel.score;

import java.io.Serializable;

/**
 * A model's prediction of one picture.
 *
 * @param path the picture's path below the data's root
 * @param label the correct class, from 0, or -1 if it is not known
 * @param partition the partition that it was scored in
 * @param logits one for each class
 * @param probabilities softmax of the logits, in double precision
 */
public record Prediction(String path, int label, int partition, float[] logits, double[] probabilities)
        implements Serializable {
    /** The class of the largest probability; the first of several. */
    public int predicted() {
        int best = 0;
        for (int c = 1; c < probabilities.length; c++) {
            best = probabilities[c] > probabilities[best] ? c : best;
        }
        return best;
    }
}
