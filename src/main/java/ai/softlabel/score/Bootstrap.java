package ai.softlabel.score;

import ai.softlabel.Seeds;
import ai.softlabel.metrics.Figures;
import ai.softlabel.metrics.Scored;
import ai.softlabel.metrics.Summary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;

/**
 * 95 % bootstrap intervals, by percentiles. A replicate takes each picture as often as a Poisson number of mean 1 says
 * (Chamandy et al., "Estimating Uncertainty for Massive Data Streams", 2012), hashed from the picture's path and the
 * replicate: partitions, executors and the order of work can't change it.
 */
public final class Bootstrap {
    private static final int REPLICATES = 200;
    private static final double LOW = 0.025;
    private static final double HIGH = 0.975;

    private Bootstrap() {}

    /** For each figure its lower and upper limit; NaN where replicates have no such figure. */
    public static Map<String, double[]> intervals(JavaRDD<Prediction> predictions) {
        Summary[] replicates = predictions
                .mapPartitions(it -> {
                    Summary[] own = new Summary[REPLICATES];
                    Arrays.setAll(own, r -> new Summary());
                    it.forEachRemaining(p -> {
                        Scored scored = Scored.of(p.probabilities(), p.label());
                        for (int r = 0; r < REPLICATES; r++) {
                            own[r].update(scored, poisson(Seeds.key(r, "bootstrap", p.path())));
                        }
                    });
                    return List.<Summary[]>of(own).iterator();
                })
                .treeReduce((a, b) -> {
                    for (int r = 0; r < REPLICATES; r++) {
                        a[r].merge(b[r]);
                    }
                    return a;
                });
        Map<String, List<Double>> values = new LinkedHashMap<>();
        for (Summary s : replicates) {
            Figures.of(s).forEach((name, v) -> values.computeIfAbsent(name, n -> new ArrayList<>())
                    .add(v));
        }
        Map<String, double[]> out = new LinkedHashMap<>();
        values.forEach((name, v) -> out.put(name, new double[] {percentile(v, LOW), percentile(v, HIGH)}));
        return out;
    }

    /** A Poisson number of mean 1 from 64 random bits, by its distribution function. */
    static int poisson(long bits) {
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

    /** Between the two nearest values, linearly. */
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
