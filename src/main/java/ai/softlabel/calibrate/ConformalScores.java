package ai.softlabel.calibrate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Held-out pictures' scores of their own labels, from which prediction sets follow. A class is in a picture's set where
 * fewer than (1 - α)(n + 1) of the n scores are below its own. The scores of a fold are compared with the score under
 * the map that was fitted without that fold (CV+; Romano, Sesia and Candès, 2020, "Classification with Valid and
 * Adaptive Coverage"); with one map and one fold this is split conformal prediction (Vovk, Gammerman and Shafer, 2005).
 *
 * @param scores of each picture's label
 * @param folds of each picture, from 0
 * @param labels of each picture, from 0
 */
public record ConformalScores(double[] scores, int[] folds, int[] labels) implements Serializable {
    /** The number of folds, of which some may be empty. */
    public int foldCount() {
        return Arrays.stream(folds).max().orElse(0) + 1;
    }

    /** The same by fold, each fold's scores rising: what many sets are made with. */
    Sorted sorted() {
        return grouped(1, i -> 0).get(0);
    }

    /** Those of each class's own pictures. */
    List<Sorted> byClass(int classes) {
        return grouped(classes, i -> labels[i]);
    }

    /** For each class those of its group's pictures; of one in no group ({@link Clusters#NONE}) all. */
    List<Sorted> byCluster(int[] clusters) {
        int groups = Arrays.stream(clusters).max().orElse(Clusters.NONE) + 1;
        // The last group has the classes in none; it is not used.
        List<Sorted> each =
                grouped(groups + 1, i -> clusters[labels[i]] == Clusters.NONE ? groups : clusters[labels[i]]);
        Sorted all = sorted();
        return Arrays.stream(clusters)
                .mapToObj(g -> g == Clusters.NONE ? all : each.get(g))
                .toList();
    }

    private List<Sorted> grouped(int groups, IntUnaryOperator group) {
        int width = foldCount();
        int[] size = new int[groups * width];
        for (int i = 0; i < scores.length; i++) {
            size[group.applyAsInt(i) * width + folds[i]]++;
        }
        double[][] cells = new double[size.length][];
        Arrays.setAll(cells, c -> new double[size[c]]);
        for (int i = 0; i < scores.length; i++) {
            int cell = group.applyAsInt(i) * width + folds[i];
            cells[cell][--size[cell]] = scores[i];
        }
        List<Sorted> out = new ArrayList<>();
        for (int g = 0; g < groups; g++) {
            double[][] byFold = Arrays.copyOfRange(cells, g * width, (g + 1) * width);
            int count = 0;
            for (double[] fold : byFold) {
                Arrays.sort(fold);
                count += fold.length;
            }
            out.add(new Sorted(byFold, count));
        }
        return out;
    }

    /** Scores by fold, rising. */
    record Sorted(double[][] byFold, int size) implements Serializable {
        /** The least whole number that is not below (1 - α)(n + 1). */
        long most(double coverage) {
            // A product that a rounding error puts above a whole number is that number.
            return (long) Math.ceil(coverage * (size + 1) * (1 - 1e-12));
        }

        /** Whether a class is in the set, from its score under each fold's map. */
        boolean includes(double[] own, double coverage) {
            long below = 0;
            for (int f = 0; f < byFold.length; f++) {
                below += below(byFold[f], own[Math.min(f, own.length - 1)]);
            }
            return below < most(coverage);
        }
    }

    /** How many of rising values are below one. */
    private static int below(double[] rising, double value) {
        int low = 0;
        int high = rising.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (rising[middle] < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
