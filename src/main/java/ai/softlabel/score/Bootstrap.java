package ai.softlabel.score;

import ai.softlabel.Seeds;
import ai.softlabel.metrics.ClassIntervals;
import ai.softlabel.metrics.Figures;
import ai.softlabel.metrics.PictureMetrics;
import ai.softlabel.metrics.Replicates;
import ai.softlabel.metrics.Summary;
import ai.softlabel.spark.Broadcasts;
import ai.softlabel.spark.TaskCount;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * 95 % percentile bootstrap intervals. A replicate contains each picture a Poisson number of times with mean 1
 * (Chamandy et al., "Estimating Uncertainty for Massive Data Streams", 2012), hashed from the picture's path and the
 * replicate's number, so that partitions, executors and order do not matter.
 *
 * <p>For more than {@link Summary#EXACT} pictures or 1,024 classes, replicates are drawn from the summary's counts
 * ({@link Replicates}), and figures over classes get the intervals of {@link ClassIntervals}. Both are reproducible and
 * need constant memory.
 */
public final class Bootstrap {
    /** The number of replicates. */
    public static final int REPLICATES = 200;

    /** The name under which its work is counted: {@link #work} for each picture or replicate. */
    public static final String PROGRESS = "bootstrap";

    private static final int MOST_CLASSES = 1024;
    /** Limits on the pictures and classes counted in one pass over all its replicates, about 100 MB. */
    private static final int MOST_COUNTS = 1 << 22;
    /** The memory of one class in units of one picture's confidence. */
    private static final int CLASS = 64;

    private static final double LOW = 0.025;
    private static final double HIGH = 0.975;

    private Bootstrap() {}

    /** Lower and upper limit of each figure; NaN if replicates do not have the figure. */
    public static Map<String, double[]> intervals(JavaRDD<Prediction> predictions) {
        return intervals(predictions, Evaluation.total(predictions));
    }

    /**
     * Lower and upper limit of each figure; NaN if replicates do not have the figure.
     *
     * @param total the predictions' summary
     */
    public static Map<String, double[]> intervals(JavaRDD<Prediction> predictions, Summary total) {
        Map<String, List<Double>> values = new LinkedHashMap<>();
        if (byPicture(total)) {
            int counts = (int) total.count() + CLASS * total.classCount();
            int group = Math.max(1, Math.min(REPLICATES, MOST_COUNTS / Math.max(1, counts)));
            for (int first = 0; first < REPLICATES; first += group) {
                for (Summary s : replicates(predictions, first, Math.min(group, REPLICATES - first))) {
                    add(values, s);
                }
            }
            return limits(values);
        }
        Replicates replicates = new Replicates(total);
        TaskCount drawn = TaskCount.onDriver(PROGRESS);
        for (int r = 0; r < REPLICATES; r++) {
            add(values, replicates.draw(Seeds.key(r, "bootstrap of counts")));
            drawn.add(1);
        }
        drawn.end();
        Map<String, double[]> out = limits(values);
        out.putAll(overClasses(predictions, total));
        return out;
    }

    private static boolean byPicture(Summary total) {
        return total.exact() && total.classCount() <= MOST_CLASSES;
    }

    /** What {@link #PROGRESS} counts up to for a summary's pictures: each in each replicate, or else the replicates. */
    public static long work(Summary total) {
        return byPicture(total) ? REPLICATES * total.count() : REPLICATES;
    }

    private static Summary[] replicates(JavaRDD<Prediction> predictions, int first, int count) {
        int before = first * predictions.getNumPartitions();
        return predictions
                .mapPartitions(it -> {
                    Summary[] own = new Summary[count];
                    Arrays.setAll(own, r -> new Summary());
                    // Each pass has partitions of its own.
                    TaskCount counted = new TaskCount(PROGRESS, before + TaskContext.getPartitionId());
                    it.forEachRemaining(p -> {
                        PictureMetrics of = PictureMetrics.of(p.probabilities(), p.label());
                        for (int r = 0; r < count; r++) {
                            own[r].update(of, poisson(Seeds.key(first + r, "bootstrap", p.path())));
                        }
                        counted.add(count);
                    });
                    counted.end();
                    return List.<Summary[]>of(own).iterator();
                })
                .treeReduce((a, b) -> {
                    for (int r = 0; r < count; r++) {
                        a[r].merge(b[r]);
                    }
                    return a;
                });
    }

    private static Map<String, double[]> overClasses(JavaRDD<Prediction> predictions, Summary total) {
        Broadcast<ClassIntervals> sent =
                JavaSparkContext.fromSparkContext(predictions.context()).broadcast(new ClassIntervals(total));
        try {
            long[] sums = predictions
                    .mapPartitions(it -> {
                        long[] own = null;
                        while (it.hasNext()) {
                            Prediction p = it.next();
                            own = sum(own, sent.value().squares(PictureMetrics.of(p.probabilities(), p.label())));
                        }
                        return (own == null ? List.<long[]>of() : List.of(own)).iterator();
                    })
                    .treeReduce(Bootstrap::sum);
            return sent.value().limits(sums);
        } finally {
            Broadcasts.destroy(sent);
        }
    }

    private static long[] sum(long[] a, long[] b) {
        if (a == null) {
            return b;
        }
        for (int i = 0; i < a.length; i++) {
            a[i] = Math.addExact(a[i], b[i]);
        }
        return a;
    }

    private static void add(Map<String, List<Double>> values, Summary replicate) {
        Figures.of(replicate).forEach((name, v) -> values.computeIfAbsent(name, n -> new ArrayList<>())
                .add(v));
    }

    private static Map<String, double[]> limits(Map<String, List<Double>> values) {
        Map<String, double[]> out = new LinkedHashMap<>();
        values.forEach((name, v) -> out.put(name, limits(v)));
        return out;
    }

    /** A Poisson number of mean 1 from 64 random bits, by inverting its distribution function. */
    public static int poisson(long bits) {
        double u = (bits >>> 11) * 0x1p-53;
        double probability = Math.exp(-1);
        double below = probability;
        int k = 0;
        while (u >= below && k < 20) {
            k++;
            probability /= k;
            below += probability;
        }
        return k;
    }

    /** The limits of a 95 % interval, from the values of replicates. */
    public static double[] limits(List<Double> values) {
        return new double[] {percentile(values, LOW), percentile(values, HIGH)};
    }

    /** Linear interpolation between the two nearest values. */
    private static double percentile(List<Double> values, double share) {
        double[] sorted = values.stream()
                .mapToDouble(Double::doubleValue)
                .filter(Double::isFinite)
                .sorted()
                .toArray();
        if (sorted.length == 0) {
            return Double.NaN;
        }
        double at = share * (sorted.length - 1);
        int low = (int) at;
        int high = Math.min(low + 1, sorted.length - 1);
        return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
    }
}
