package ai.softlabel.score;

import java.io.Serializable;

/**
 * What a model says of one picture.
 *
 * @param path the picture's path below the data's root
 * @param label the right class, from 0, or -1 where it is not known
 * @param partition the partition that it was scored in
 * @param logits one for each class
 * @param probabilities softmax of the logits, in double precision
 */
public record Prediction(String path, int label, int partition, float[] logits, double[] probabilities)
        implements Serializable {
    /** The class of the largest probability, of several the first. */
    public int predicted() {
        int best = 0;
        for (int c = 1; c < probabilities.length; c++) {
            best = probabilities[c] > probabilities[best] ? c : best;
        }
        return best;
    }
}
