package ai.softlabel.calibrate;

import ai.softlabel.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Fits prediction sets. Two of five pictures choose the parameters of raps and the method of the smallest sets at
 * {@link #WANTED}; the scores of the others make the sets, so that the choice does not touch their coverage.
 *
 * @param chosen the method of the smallest sets
 * @param methods the sets of every method
 * @param sizes by method, the mean size on the pictures that chose
 */
public record SetsFit(String chosen, Map<String, PredictionSets> methods, Map<String, Double> sizes) {
    /** The coverage that methods are compared at. */
    public static final double WANTED = 0.95;

    private static final double[] PENALTIES = {0.001, 0.01, 0.1, 0.2, 0.5};

    /** The sets of the chosen method. */
    public PredictionSets best() {
        return methods.get(chosen);
    }

    /** Measures sets on the pictures that choose. */
    public interface Sizes {
        /** For each score with its threshold, the mean number of classes whose score is not above it. */
        double[] mean(List<SetScore> scores, double[] thresholds);
    }

    /** Whether a picture chooses, by its name. */
    public static boolean chooses(String name) {
        return Math.floorMod(Seeds.key(0, "choice of a score", name), 5) < 2;
    }

    /**
     * Fits all methods.
     *
     * @param answers of held-out pictures
     * @param maps by fold, as {@link FittedCalibrators.CrossFitted} has them
     * @return empty where either of the two parts has no picture
     */
    public static Optional<SetsFit> of(List<SetAnswer> answers, List<Calibrator> maps, Sizes measured) {
        List<SetAnswer> choosing =
                answers.stream().filter(a -> chooses(a.name())).toList();
        List<SetAnswer> held = answers.stream().filter(a -> !chooses(a.name())).toList();
        if (choosing.isEmpty() || held.isEmpty()) {
            return Optional.empty();
        }
        int[] places = choosing.stream().mapToInt(SetAnswer::place).sorted().toArray();
        int free = places[Math.min(places.length, most(places.length)) - 1];
        List<SetScore> scores = new ArrayList<>(List.of(SetScore.LAC, SetScore.APS));
        for (double penalty : PENALTIES) {
            scores.add(new SetScore("raps", penalty, free));
        }
        double[] thresholds = scores.stream()
                .mapToDouble(s -> {
                    double[] sorted = choosing.stream()
                            .mapToDouble(a -> a.score(s))
                            .sorted()
                            .toArray();
                    return sorted[Math.min(sorted.length, most(sorted.length)) - 1];
                })
                .toArray();
        double[] sizes = measured.mean(scores, thresholds);
        Map<String, PredictionSets> methods = new LinkedHashMap<>();
        Map<String, Double> least = new LinkedHashMap<>();
        for (int i = 0; i < sizes.length; i++) {
            SetScore s = scores.get(i);
            if (sizes[i] < least.getOrDefault(s.method(), Double.POSITIVE_INFINITY)) {
                least.put(s.method(), sizes[i]);
                int[] clusters = Clusters.of(
                        choosing.stream().mapToDouble(a -> a.score(s)).toArray(),
                        choosing.stream().mapToInt(SetAnswer::label).toArray(),
                        1 + answers.stream().mapToInt(SetAnswer::label).max().orElse(0));
                methods.put(s.method(), new PredictionSets(s, maps, scores(held, s), clusters));
            }
        }
        String chosen = SetScore.LAC.method();
        for (Map.Entry<String, Double> e : least.entrySet()) {
            chosen = e.getValue() < least.get(chosen) ? e.getKey() : chosen;
        }
        return Optional.of(new SetsFit(chosen, methods, least));
    }

    private static int most(int size) {
        return (int) Math.ceil(WANTED * (size + 1) * (1 - 1e-12));
    }

    private static ConformalScores scores(List<SetAnswer> held, SetScore s) {
        double[] scores = held.stream().mapToDouble(a -> a.score(s)).toArray();
        int[] folds = held.stream().mapToInt(a -> Folds.fold(a.name())).toArray();
        int[] labels = held.stream().mapToInt(SetAnswer::label).toArray();
        return new ConformalScores(scores, folds, labels);
    }

    /** Sizes of pictures in memory, under the map that was fitted without each. */
    public static Sizes inMemory(List<Labelled> data, List<Calibrator> maps) {
        return (scores, thresholds) -> {
            long[] sums = new long[scores.size() + 1];
            for (Labelled d : data) {
                add(sums, d, maps, scores, thresholds);
            }
            return mean(sums);
        };
    }

    /**
     * Adds a picture's sizes to sums, and 1 to the last of them, if it chooses.
     *
     * @param sums one for each score, and one more
     */
    public static void add(long[] sums, Labelled d, List<Calibrator> maps, List<SetScore> scores, double[] thresholds) {
        if (!chooses(d.name())) {
            return;
        }
        double[] p = maps.get(Folds.fold(d)).apply(d.logits());
        double share = PredictionSets.share(d.name());
        for (int i = 0; i < thresholds.length; i++) {
            double most = thresholds[i];
            sums[i] += Arrays.stream(scores.get(i).of(p, share))
                    .filter(s -> s <= most)
                    .count();
        }
        sums[thresholds.length]++;
    }

    /** The means that {@link #add} summed up. */
    public static double[] mean(long[] sums) {
        double[] out = new double[sums.length - 1];
        Arrays.setAll(out, i -> (double) sums[i] / sums[out.length]);
        return out;
    }
}
