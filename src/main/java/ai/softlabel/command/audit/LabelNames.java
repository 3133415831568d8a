package ai.softlabel.command.audit;

import ai.softlabel.data.Listing.Entry;
import ai.softlabel.score.Prediction;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The labels of pictures in an audit's files, in the form that {@code --labels} takes, and what heads say of them.
 *
 * @param classes the classes' names, by label
 * @param separator what stands between the names of a picture's labels; null where each picture has one
 */
record LabelNames(List<String> classes, String separator) {
    boolean several() {
        return separator != null;
    }

    /** The name of a picture's class; of several classes all names, and the separator alone for none. */
    String of(Entry e) {
        return several() ? joined(e.labels().stream().mapToInt(Integer::intValue)) : classes.get(e.label());
    }

    /** The most probable class; of several those that are more probable than not. */
    String predicted(Prediction p) {
        return several()
                ? joined(IntStream.range(0, classes.size()).filter(c -> yes(p, c)))
                : classes.get(p.predicted());
    }

    String joined(IntStream labels) {
        String text = labels.mapToObj(classes::get).collect(Collectors.joining(" " + separator + " "));
        return text.isEmpty() ? separator : text;
    }

    private static boolean yes(Prediction p, int label) {
        return p.probabilities()[label] > 0.5;
    }

    /** The probability of the predicted class; of several labels the least one of the single decisions. */
    static double confidence(Prediction p) {
        return p.labels() == null
                ? p.probabilities()[p.predicted()]
                : IntStream.range(0, p.probabilities().length)
                        .mapToDouble(c -> Math.max(p.probabilities()[c], 1 - p.probabilities()[c]))
                        .min()
                        .orElse(Double.NaN);
    }

    /** The probability of the picture's class; of several labels the least one, of a label that it has or lacks. */
    static double labelProbability(Prediction p) {
        if (p.labels() == null) {
            return p.probabilities()[p.label()];
        }
        boolean[] has = has(p);
        return IntStream.range(0, has.length)
                .mapToDouble(c -> has[c] ? p.probabilities()[c] : 1 - p.probabilities()[c])
                .min()
                .orElse(Double.NaN);
    }

    /** 1 where the predicted class is another than the picture's, else 0; of several labels the share of wrong ones. */
    static double error(Prediction p) {
        if (p.labels() == null) {
            return p.predicted() == p.label() ? 0 : 1;
        }
        boolean[] has = has(p);
        return IntStream.range(0, has.length)
                .mapToDouble(c -> yes(p, c) == has[c] ? 0 : 1)
                .average()
                .orElse(Double.NaN);
    }

    /** Which of the classes a picture of several labels has. */
    static boolean[] has(Prediction p) {
        boolean[] has = new boolean[p.probabilities().length];
        for (int label : p.labels()) {
            has[label] = true;
        }
        return has;
    }
}
