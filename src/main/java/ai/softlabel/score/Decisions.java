package ai.softlabel.score;

import ai.softlabel.metrics.BinaryCounts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;

/**
 * Predictions of several labels as one decision for each picture and label, of the two classes no and yes. The figures
 * of decisions are those of binary classification: error is the share of wrong ones at a threshold of 1/2, NLL the
 * binary cross-entropy. The predictions' probabilities are the sigmoid of their logits.
 */
public final class Decisions {
    private Decisions() {}

    /** The decisions, in the predictions' order and partitions; lazy. */
    public static JavaRDD<Prediction> of(JavaRDD<Prediction> predictions) {
        return predictions.flatMap(p -> of(p).iterator());
    }

    /** One prediction's decisions. */
    public static List<Prediction> of(Prediction p) {
        List<Prediction> out = new ArrayList<>();
        for (int c = 0; c < p.probabilities().length; c++) {
            double yes = p.probabilities()[c];
            int label = Arrays.binarySearch(p.labels(), c) >= 0 ? 1 : 0;
            out.add(new Prediction(p.path(), label, p.partition(), new float[0], new double[] {
                BinaryCounts.sigmoid(-p.logits()[c]), yes
            }));
        }
        return out;
    }
}
