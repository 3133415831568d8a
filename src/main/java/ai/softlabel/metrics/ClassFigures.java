package ai.softlabel.metrics;

import java.util.function.LongBinaryOperator;

/** Figures in which every class weighs the same, however many pictures it has; NaN for no pictures. */
public final class ClassFigures {
    private ClassFigures() {}

    /** The mean over the classes that are a label of the share of their pictures that is wrong. */
    public static double balancedError(Summary s) {
        return s.classes() == null ? Double.NaN : 1 - mean(s.classes(), (labelled, predicted) -> labelled, 1, false);
    }

    /**
     * The mean over the classes that are a label or a prediction of the share of their predictions that is correct, 0
     * where a class is never predicted.
     */
    public static double macroPrecision(Summary s) {
        return s.classes() == null ? Double.NaN : mean(s.classes(), (labelled, predicted) -> predicted, 1, true);
    }

    /**
     * The mean over the classes that are a label or a prediction of F1 = 2 · hits / (pictures + predictions) (as
     * scikit-learn's macro average).
     */
    public static double macroF1(Summary s) {
        return s.classes() == null
                ? Double.NaN
                : mean(s.classes(), (labelled, predicted) -> labelled + predicted, 2, true);
    }

    /** How many classes are a label, or with the predictions, a label or a prediction. */
    static int present(ClassCounts c, boolean predictions) {
        int present = 0;
        for (int i = 0; i < c.classes(); i++) {
            present += c.labelled(i) > 0 || (predictions && c.predicted(i) > 0) ? 1 : 0;
        }
        return present;
    }

    private static double mean(ClassCounts c, LongBinaryOperator of, int times, boolean predictions) {
        double sum = 0;
        for (int i = 0; i < c.classes(); i++) {
            long all = of.applyAsLong(c.labelled(i), c.predicted(i));
            sum += all == 0 ? 0 : (double) times * c.hits(i) / all;
        }
        return sum / present(c, predictions);
    }
}
