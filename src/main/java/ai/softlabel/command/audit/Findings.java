package ai.softlabel.command.audit;

import ai.softlabel.Part;
import ai.softlabel.command.audit.Issue.Kind;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.score.Prediction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What is wrong with a data set.
 *
 * @param entries its pictures
 * @param parts by picture
 * @param predictions of each picture, by a head trained without its fold
 * @param issues by kind, the surest first
 */
record Findings(List<Entry> entries, Map<String, Part> parts, List<Prediction> predictions, List<Issue> issues) {
    /** Dark: 99 % of the pixels are below this brightness (CleanVision's limit). */
    private static final double DARK = 0.32;
    /** Blank: fewer bits of grey levels (CleanVision's limit). */
    private static final double BLANK = 3;
    /** Blurred: a smaller variance of the Laplacian of the grey levels. */
    private static final double BLURRED = 8;
    /** Odd: the shorter side is a smaller share of the longer (CleanVision's limit). */
    private static final double ODD = 0.35;

    /** All lists are in the order of the pictures; pairs are of places in it. */
    static Findings of(
            LabelNames names,
            List<Entry> entries,
            Map<String, Part> parts,
            List<Prediction> predictions,
            List<Look> looks,
            List<Copies.Pair> pairs) {
        List<Issue> issues = new ArrayList<>();
        if (names.several()) {
            severalLabels(names, entries, predictions, issues);
        } else {
            labels(names.classes(), entries, predictions, issues);
        }
        copies(names, entries, parts, pairs, issues);
        for (int i = 0; i < looks.size(); i++) {
            Look l = looks.get(i);
            Entry e = entries.get(i);
            String label = names.of(e);
            if (l.entropy() < BLANK) {
                issues.add(new Issue(e.name(), label, Kind.BLANK, Issue.DROP, "", 1 - l.entropy() / BLANK));
            } else if (l.light() < DARK) {
                issues.add(new Issue(e.name(), label, Kind.DARK, Issue.DROP, "", 1 - l.light() / DARK));
            } else if (l.sharpness() < BLURRED) {
                issues.add(new Issue(e.name(), label, Kind.BLURRED, Issue.DROP, "", 1 - l.sharpness() / BLURRED));
            }
            if (l.shape() < ODD) {
                issues.add(new Issue(e.name(), label, Kind.ODD_SIZE, Issue.DROP, "", 1 - l.shape() / ODD));
            }
        }
        issues.sort(Comparator.comparing(Issue::kind)
                .thenComparing(i -> -i.score())
                .thenComparing(Issue::path)
                .thenComparing(Issue::other));
        return new Findings(entries, parts, predictions, issues);
    }

    private static void labels(
            List<String> classes, List<Entry> entries, List<Prediction> predictions, List<Issue> issues) {
        boolean[] wrong = ConfidentLearning.issues(
                entries.stream().mapToInt(Entry::label).toArray(),
                predictions.stream().map(Prediction::probabilities).toArray(double[][]::new));
        for (int i = 0; i < wrong.length; i++) {
            if (wrong[i]) {
                Prediction p = predictions.get(i);
                double surer = p.probabilities()[p.predicted()] - p.probabilities()[p.label()];
                issues.add(
                        new Issue(p.path(), classes.get(p.label()), Kind.LABEL, classes.get(p.predicted()), "", surer));
            }
        }
    }

    /** One issue for each picture, whose suggestion has every label changed that is likely wrong. */
    private static void severalLabels(
            LabelNames names, List<Entry> entries, List<Prediction> predictions, List<Issue> issues) {
        boolean[][] has = predictions.stream().map(LabelNames::has).toArray(boolean[][]::new);
        double[][] probabilities =
                predictions.stream().map(Prediction::probabilities).toArray(double[][]::new);
        boolean[][] wrong = ConfidentLearning.issues(has, probabilities);
        for (int i = 0; i < wrong.length; i++) {
            boolean[] own = has[i];
            boolean[] changed = wrong[i];
            double[] p = probabilities[i];
            // Of each changed label the difference of both probabilities, as it is to be and as it is.
            OptionalDouble surest = IntStream.range(0, changed.length)
                    .filter(c -> changed[c])
                    .mapToDouble(c -> own[c] ? 1 - 2 * p[c] : 2 * p[c] - 1)
                    .max();
            if (surest.isPresent()) {
                Entry e = entries.get(i);
                String suggestion = names.joined(IntStream.range(0, own.length).filter(c -> own[c] != changed[c]));
                issues.add(new Issue(e.name(), names.of(e), Kind.LABEL, suggestion, "", surest.getAsDouble()));
            }
        }
    }

    /** Of two pictures in one part the later is a copy; of those in two parts the one that is not for testing is. */
    private static void copies(
            LabelNames names,
            List<Entry> entries,
            Map<String, Part> parts,
            List<Copies.Pair> pairs,
            List<Issue> issues) {
        for (Copies.Pair pair : pairs) {
            Entry first = entries.get(pair.first());
            Entry second = entries.get(pair.second());
            Part a = parts.get(first.name());
            Part b = parts.get(second.name());
            boolean earlier = a.compareTo(b) < 0;
            Entry copy = earlier ? first : second;
            Entry other = earlier ? second : first;
            Kind kind = a != b ? Kind.LEAK : pair.bytes() ? Kind.DUPLICATE : Kind.NEAR_DUPLICATE;
            issues.add(new Issue(copy.name(), names.of(copy), kind, Issue.DROP, other.name(), pair.score()));
        }
    }

    int count(Part part) {
        return (int) entries.stream().filter(e -> parts.get(e.name()) == part).count();
    }

    /**
     * The share of the test pictures whose cross-fitted prediction is another class; of several labels the share of the
     * decisions, one for each picture and label, that are wrong; NaN for none.
     *
     * @param withoutLeaks whether to leave out those that a picture of another part repeats
     */
    double testError(boolean withoutLeaks) {
        Set<String> leaked = new HashSet<>();
        issues.stream().filter(i -> i.kind() == Kind.LEAK).forEach(i -> leaked.add(i.other()));
        return predictions.stream()
                .filter(p -> parts.get(p.path()) == Part.TEST && !(withoutLeaks && leaked.contains(p.path())))
                .mapToDouble(LabelNames::error)
                .average()
                .orElse(Double.NaN);
    }

    /**
     * Pictures that the labels leave out: those for training or validation with an issue of any kind but their shape.
     */
    Set<String> dropped() {
        Set<String> dropped = new HashSet<>();
        for (Issue i : issues) {
            if (parts.get(i.path()) != Part.TEST && i.kind() != Kind.ODD_SIZE) {
                dropped.add(i.path());
            }
        }
        return dropped;
    }
}
