package ai.softlabel.calibrate;

import ai.softlabel.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Groups of classes whose pictures have scores of similar distribution (Ding et al., "Class-Conditional Conformal
 * Prediction with Many Classes", 2023): k-means over quantiles of each class's scores, a class weighted by the root of
 * its number of pictures. A class of too few pictures is in no group, and is compared with all pictures. The number of
 * groups is half that of the pictures of the rarest class that has enough, as in the paper's appendix B.
 */
final class Clusters {
    /** In no group. */
    static final int NONE = -1;

    private static final double[] LEVELS = {0.5, 0.6, 0.7, 0.8, 0.9, SetsFit.WANTED};
    private static final int STARTS = 10;
    private static final int ROUNDS = 100;

    private Clusters() {}

    /** Pictures that a class needs, so that its largest level is the quantile of some picture. */
    static int enough() {
        return (int) Math.ceil(1 / (1 - SetsFit.WANTED) - 1 - 1e-9);
    }

    /**
     * Each class's group, from 0, or {@link #NONE}.
     *
     * @param scores of pictures' labels, other pictures than those that sets are made of
     * @param labels of the same pictures
     * @return empty where there would be fewer than two groups, or hardly fewer than classes
     */
    static int[] of(double[] scores, int[] labels, int classes) {
        List<List<Double>> byClass = new ArrayList<>();
        for (int c = 0; c < classes; c++) {
            byClass.add(new ArrayList<>());
        }
        for (int i = 0; i < scores.length; i++) {
            byClass.get(labels[i]).add(scores[i]);
        }
        int[] used = java.util.stream.IntStream.range(0, classes)
                .filter(c -> byClass.get(c).size() >= enough())
                .toArray();
        int rarest = Arrays.stream(used).map(c -> byClass.get(c).size()).min().orElse(0);
        int groups = Math.min(rarest / 2, used.length / 2);
        if (groups < 2) {
            return new int[0];
        }
        double[][] points = new double[used.length][];
        double[] weights = new double[used.length];
        for (int i = 0; i < used.length; i++) {
            points[i] = quantiles(byClass.get(used[i]));
            weights[i] = Math.sqrt(byClass.get(used[i]).size());
        }
        int[] found = means(points, weights, groups);
        int[] out = new int[classes];
        Arrays.fill(out, NONE);
        for (int i = 0; i < used.length; i++) {
            out[used[i]] = found[i];
        }
        return out;
    }

    private static double[] quantiles(List<Double> scores) {
        double[] sorted = scores.stream().mapToDouble(d -> d).sorted().toArray();
        return Arrays.stream(LEVELS)
                .map(q -> sorted[Math.min(sorted.length, (int) Math.ceil(q * (sorted.length + 1) * (1 - 1e-12))) - 1])
                .toArray();
    }

    /** Weighted k-means, the best of several starts. */
    private static int[] means(double[][] points, double[] weights, int groups) {
        int[] best = null;
        double least = Double.POSITIVE_INFINITY;
        SplittableRandom random = Seeds.stream(0, "clusters of classes");
        for (int start = 0; start < STARTS; start++) {
            double[][] centers = spread(points, weights, groups, random);
            int[] nearest = new int[points.length];
            double sum = Double.POSITIVE_INFINITY;
            for (int round = 0; round < ROUNDS; round++) {
                double now = 0;
                for (int i = 0; i < points.length; i++) {
                    nearest[i] = nearest(points[i], centers);
                    now += weights[i] * square(points[i], centers[nearest[i]]);
                }
                if (now >= sum) {
                    break;
                }
                sum = now;
                move(points, weights, nearest, centers);
            }
            if (sum < least) {
                least = sum;
                best = nearest.clone();
            }
        }
        return best;
    }

    /** First centres far from each other (k-means++; Arthur and Vassilvitskii, 2007). */
    private static double[][] spread(double[][] points, double[] weights, int groups, SplittableRandom random) {
        double[][] centers = new double[groups][];
        centers[0] = points[random.nextInt(points.length)].clone();
        for (int g = 1; g < groups; g++) {
            double[] chance = new double[points.length];
            for (int i = 0; i < points.length; i++) {
                chance[i] = weights[i] * square(points[i], centers[nearest(points[i], Arrays.copyOf(centers, g))]);
            }
            double at = random.nextDouble() * Arrays.stream(chance).sum();
            int chosen = 0;
            for (double sum = chance[0]; sum <= at && chosen < points.length - 1; sum += chance[chosen]) {
                chosen++;
            }
            centers[g] = points[chosen].clone();
        }
        return centers;
    }

    private static void move(double[][] points, double[] weights, int[] nearest, double[][] centers) {
        for (int g = 0; g < centers.length; g++) {
            double[] sum = new double[points[0].length];
            double total = 0;
            for (int i = 0; i < points.length; i++) {
                if (nearest[i] == g) {
                    total += weights[i];
                    for (int k = 0; k < sum.length; k++) {
                        sum[k] += weights[i] * points[i][k];
                    }
                }
            }
            if (total > 0) {
                double all = total;
                centers[g] = Arrays.stream(sum).map(s -> s / all).toArray();
            }
        }
    }

    private static int nearest(double[] point, double[][] centers) {
        int best = 0;
        for (int g = 1; g < centers.length; g++) {
            best = square(point, centers[g]) < square(point, centers[best]) ? g : best;
        }
        return best;
    }

    private static double square(double[] a, double[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += (a[k] - b[k]) * (a[k] - b[k]);
        }
        return sum;
    }
}
