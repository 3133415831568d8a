package ai.softlabel.score;

import java.io.Serializable;

/**
 * A model's prediction of one picture.
 *
 * @param path the picture's path below the data's root
 * @param label the correct class, from 0, or -1 if it is not known or there are several
 * @param labels the correct classes, ascending; null where a picture has one
 * @param partition the partition that it was scored in
 * @param logits one for each class
 * @param probabilities softmax of the logits, in double precision, or what a calibrator makes of them
 */
public record Prediction(String path, int label, int[] labels, int partition, float[] logits, double[] probabilities)
        implements Serializable {
    /** Of a picture that has one class, or an unknown one. */
    public Prediction(String path, int label, int partition, float[] logits, double[] probabilities) {
        this(path, label, null, partition, logits, probabilities);
    }

    /** The class of the largest probability; the first of several. */
    public int predicted() {
        int best = 0;
        for (int c = 1; c < probabilities.length; c++) {
            best = probabilities[c] > probabilities[best] ? c : best;
        }
        return best;
    }
}
