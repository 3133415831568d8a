package ai.softlabel.command.audit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Likely wrong labels by confident learning (Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty
 * in Dataset Labels", 2021), pruned by noise rate: the set that cleanlab 2.9's {@code find_label_issues} finds by
 * default. A class's threshold is the mean probability that its pictures are given for it; a picture counts as
 * confidently of the class of largest probability among those whose threshold it reaches. These counts, scaled to the
 * classes' sizes, say how many pictures labelled i are of class j, and so many of them, those of largest p[j] - p[i],
 * are found.
 */
final class ConfidentLearning {
    private static final double CLOSE = 1e-6;
    private static final int BLOCK = 128;
    private static final int PARTIAL = 8;

    private final int[] labels;
    private final double[][] p;
    private final int classes;

    private ConfidentLearning(int[] labels, double[][] p) {
        this.labels = labels;
        this.p = p;
        this.classes = p[0].length;
    }

    /**
     * Which labels are likely wrong.
     *
     * @param labels from 0, at least one
     * @param probabilities (pictures, classes), of a model that did not learn from the picture, such as a cross-fitted
     *     one
     */
    static boolean[] issues(int[] labels, double[][] probabilities) {
        return new ConfidentLearning(labels, probabilities).pruned();
    }

    /**
     * The same where pictures may have several labels or none: each class is a problem of its own, of the two classes
     * no and yes with the probabilities 1 - p and p. It is what cleanlab 2.9's
     * {@code multilabel_classification.filter.find_multilabel_issues_per_class} finds by default; the pictures of which
     * any class is found are those of its {@code find_label_issues}.
     *
     * @param has (pictures, classes), which classes each picture has
     * @param probabilities (pictures, classes), each by itself in [0, 1]
     * @return (pictures, classes)
     */
    static boolean[][] issues(boolean[][] has, double[][] probabilities) {
        boolean[][] found = new boolean[has.length][has[0].length];
        for (int c = 0; c < has[0].length; c++) {
            int label = c;
            boolean[] of = issues(
                    Arrays.stream(has).mapToInt(h -> h[label] ? 1 : 0).toArray(),
                    Arrays.stream(probabilities)
                            .map(p -> new double[] {1 - p[label], p[label]})
                            .toArray(double[][]::new));
            for (int i = 0; i < of.length; i++) {
                found[i][label] = of[i];
            }
        }
        return found;
    }

    private boolean[] pruned() {
        // As cleanlab has it, transposed: by true class, then by label.
        int[][] prune = atLeastOne(calibrated(confident()));
        boolean[] found = new boolean[labels.length];
        for (int k = 0; k < classes; k++) {
            int label = k;
            List<Integer> own = IntStream.range(0, labels.length)
                    .filter(i -> labels[i] == label)
                    .boxed()
                    .toList();
            for (int j = 0; j < classes && own.size() > 1; j++) {
                int truth = j;
                if (j != k && prune[j][k] > 0) {
                    own.stream()
                            .sorted(Comparator.comparingDouble((Integer i) -> -(p[i][truth] - p[i][label])))
                            .limit(prune[j][k])
                            .forEach(i -> found[i] = true);
                }
            }
        }
        for (int i = 0; i < labels.length; i++) {
            // Where the model agrees with the label, or nearly, there is nothing to find.
            found[i] &= !agrees(i);
        }
        return found;
    }

    private boolean agrees(int i) {
        int best = 0;
        double most = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            double own = p[i][c] + (c == labels[i] ? CLOSE : 0);
            if (own > most) {
                most = own;
                best = c;
            }
        }
        return best == labels[i];
    }

    /** The confident joint: by label, then by the class that the picture is confidently of. */
    private double[][] confident() {
        double[] threshold = new double[classes];
        int[] counts = counts();
        for (int i = 0; i < labels.length; i++) {
            threshold[labels[i]] += p[i][labels[i]];
        }
        for (int c = 0; c < classes; c++) {
            // No probability reaches that of a class without pictures.
            threshold[c] = Math.max(counts[c] == 0 ? 2 : threshold[c] / counts[c], 2 * CLOSE);
        }
        double[][] joint = new double[classes][classes];
        for (int i = 0; i < labels.length; i++) {
            int confident = -1;
            int many = 0;
            int best = 0;
            for (int c = 0; c < classes; c++) {
                if (p[i][c] >= threshold[c] - CLOSE) {
                    confident = confident < 0 ? c : confident;
                    many++;
                }
                best = p[i][c] > p[i][best] ? c : best;
            }
            if (many > 0) {
                joint[labels[i]][many > 1 ? best : confident]++;
            }
        }
        for (int c = 0; c < classes; c++) {
            joint[c][c] = Math.max(1, joint[c][c]);
        }
        return joint;
    }

    private int[] counts() {
        int[] counts = new int[classes];
        for (int label : labels) {
            counts[label]++;
        }
        return counts;
    }

    /** Scaled so that each label's row sums to its number of pictures, in whole numbers. */
    private int[][] calibrated(double[][] joint) {
        int[] counts = counts();
        double[] all = new double[classes * classes];
        for (int c = 0; c < classes; c++) {
            double sum = Arrays.stream(joint[c]).sum();
            for (int j = 0; j < classes; j++) {
                joint[c][j] = joint[c][j] / sum * counts[c];
                all[c * classes + j] = joint[c][j];
            }
        }
        double total = sum(all, 0, all.length);
        int[][] whole = new int[classes][];
        for (int c = 0; c < classes; c++) {
            for (int j = 0; j < classes; j++) {
                joint[c][j] = joint[c][j] / total * labels.length;
            }
            whole[c] = rounded(joint[c]);
        }
        return whole;
    }

    /**
     * A sum in NumPy's order (pairs of blocks of up to 128, each by eight partial sums): counts that are equally near
     * to the next whole number differ by the sum's last bit alone.
     */
    private static double sum(double[] values, int from, int count) {
        if (count > BLOCK) {
            int half = count / 2 - count / 2 % PARTIAL;
            return sum(values, from, half) + sum(values, from + half, count - half);
        }
        int whole = count < PARTIAL ? 0 : count - count % PARTIAL;
        double[] r = new double[PARTIAL];
        for (int i = 0; i < whole; i++) {
            r[i % PARTIAL] = i < PARTIAL ? values[from + i] : r[i % PARTIAL] + values[from + i];
        }
        double sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
        for (int i = whole; i < count; i++) {
            sum += values[from + i];
        }
        return sum;
    }

    /** Transposed, and changed so that each label keeps at least one picture. */
    private int[][] atLeastOne(int[][] joint) {
        double[][] prune = new double[classes][classes];
        for (int k = 0; k < classes; k++) {
            int diagonal = Math.max(joint[k][k], 1);
            int label = k;
            long others = IntStream.range(0, classes)
                            .filter(j -> joint[label][j] != 0)
                            .count()
                    - 1;
            double less = (diagonal - joint[k][k]) / (double) Math.max(others, 1);
            for (int j = 0; j < classes; j++) {
                // Whole pictures: a part of one is none.
                prune[j][k] = j == k ? diagonal : Math.floor(Math.max(0, joint[k][j] - less));
            }
        }
        return Arrays.stream(prune).map(ConfidentLearning::rounded).toArray(int[][]::new);
    }

    /**
     * Rounded to whole numbers of the same sum: where it is another, those that rounding changed most are changed; of
     * equals the last ones to add to, the first ones to take from, as by a stable sort.
     */
    private static int[] rounded(double[] values) {
        double[] whole = Arrays.stream(values).map(Math::rint).toArray();
        double wanted = Math.rint(Arrays.stream(values).sum());
        double sum = Arrays.stream(whole).sum();
        while (Math.abs(sum - wanted) > CLOSE) {
            int step = wanted < sum ? -1 : 1;
            List<Integer> order =
                    new ArrayList<>(IntStream.range(0, values.length).boxed().toList());
            double[] now = whole;
            order.sort(Comparator.comparingDouble(i -> values[i] - now[i]));
            if (step > 0) {
                java.util.Collections.reverse(order);
            }
            order.stream().limit((long) Math.abs(Math.rint(wanted - sum))).forEach(i -> now[i] += step);
            sum = Arrays.stream(whole).sum();
        }
        return Arrays.stream(whole).mapToInt(v -> (int) v).toArray();
    }
}
