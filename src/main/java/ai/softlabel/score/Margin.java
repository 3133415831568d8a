package ai.softlabel.score;

import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;

/**
 * How far the right class's logit stands above the mean of the others': what label smoothing bounds (Müller, Kornblith
 * and Hinton, "When Does Label Smoothing Help?", 2019).
 */
public final class Margin {
    private Margin() {}

    private record Named(String path, double margin) implements Serializable {}

    /**
     * The mean over the predictions; NaN for none. Summed in the order of the paths, so that no placement changes it.
     */
    public static double mean(JavaRDD<Prediction> predictions) {
        List<Named> all = predictions
                .map(p -> new Named(p.path(), of(p.logits(), p.label())))
                .collect();
        return all.stream()
                .sorted(Comparator.comparing(Named::path))
                .mapToDouble(Named::margin)
                .average()
                .orElse(Double.NaN);
    }

    /** One picture's; of a single class 0. */
    static double of(float[] logits, int label) {
        double others = 0;
        for (int c = 0; c < logits.length; c++) {
            others += c == label ? 0 : logits[c];
        }
        return logits.length == 1 ? 0 : logits[label] - others / (logits.length - 1);
    }
}
