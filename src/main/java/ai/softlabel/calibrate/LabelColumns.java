package ai.softlabel.calibrate;

import ai.softlabel.metrics.BinaryCounts;
import ai.softlabel.metrics.RankedLabels;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Fits and measures predictions of pictures of several labels, each label by itself: its logits of all pictures are
 * brought together in one task ({@link LabelLogits}, 8 bytes for each picture and label as they travel), and the driver
 * gets figures of constant size for each label.
 */
public final class LabelColumns {
    private LabelColumns() {}

    /**
     * A picture.
     *
     * @param name by which its fold is chosen
     * @param labels those that it has, ascending
     */
    public record Row(String name, float[] logits, int[] labels) implements Serializable {}

    /**
     * What was fitted.
     *
     * @param chosen the method of the least cross-validated NLL, or the one that was asked for
     * @param nll for each method the cross-validated NLL, a mean over pictures and labels
     * @param fitted each method's curves and thresholds
     */
    public record Fitted(String chosen, double[] nll, List<Calibrator.Labels> fitted) {
        /** Curves and thresholds of the chosen method. */
        public Calibrator.Labels best() {
            return fitted.get(LabelCalibration.METHODS.indexOf(chosen));
        }
    }

    /**
     * One label's figures.
     *
     * @param averagePrecision NaN where no picture has the label
     * @param plain of the sigmoid as it is, at a threshold of 1/2
     * @param counts recalibrated, at the label's threshold
     */
    public record Scored(int label, double averagePrecision, BinaryCounts plain, BinaryCounts counts)
            implements Serializable {}

    private static JavaPairRDD<Integer, LabelLogits> columns(JavaRDD<Row> rows, int labels) {
        return rows.mapPartitionsToPair(it -> {
                    List<Row> own = new ArrayList<>();
                    it.forEachRemaining(own::add);
                    List<Tuple2<Integer, long[]>> out = new ArrayList<>();
                    for (int c = 0; c < labels; c++) {
                        long[] column = new long[own.size()];
                        for (int i = 0; i < column.length; i++) {
                            Row r = own.get(i);
                            boolean has = Arrays.binarySearch(r.labels(), c) >= 0;
                            column[i] = LabelLogits.of(r.logits()[c], has, Folds.fold(r.name()));
                        }
                        out.add(new Tuple2<>(c, column));
                    }
                    return out.iterator();
                })
                .groupByKey()
                .mapValues(LabelLogits::joined);
    }

    /**
     * Fits every method on pictures that the model was not trained on.
     *
     * @param method one of {@link LabelCalibration#METHODS}, or null for the one of the least cross-validated NLL
     */
    public static Fitted fit(JavaRDD<Row> rows, int labels, String method) {
        List<Tuple2<Integer, LabelCalibration.Fit[]>> found = new ArrayList<>(
                columns(rows, labels).mapValues(LabelCalibration::fit).collect());
        found.sort(Comparator.comparingInt(Tuple2::_1));
        long count = rows.count();
        double[] nll = new double[LabelCalibration.METHODS.size()];
        List<Calibrator.Labels> fitted = new ArrayList<>();
        for (int m = 0; m < nll.length; m++) {
            double[] scale = new double[labels];
            double[] shift = new double[labels];
            double[] threshold = new double[labels];
            for (int c = 0; c < labels; c++) {
                LabelCalibration.Fit f = found.get(c)._2()[m];
                scale[c] = f.scale();
                shift[c] = f.shift();
                threshold[c] = f.threshold();
                nll[m] += f.heldOutNll() / count / labels;
            }
            fitted.add(new Calibrator.Labels(LabelCalibration.METHODS.get(m), scale, shift, threshold));
        }
        int least = 0;
        for (int m = 1; m < nll.length; m++) {
            least = nll[m] < nll[least] ? m : least;
        }
        return new Fitted(method == null ? LabelCalibration.METHODS.get(least) : method, nll, fitted);
    }

    /** The figures of each label, in the labels' order. */
    public static List<Scored> score(JavaRDD<Row> rows, Calibrator.Labels by) {
        Calibrator.Labels plain = Calibrator.Labels.plain(by.scale().length);
        List<Scored> out = new ArrayList<>(columns(rows, by.scale().length)
                .map(c -> scored(c._1(), c._2(), plain, by))
                .collect());
        out.sort(Comparator.comparingInt(Scored::label));
        return out;
    }

    private static Scored scored(int c, LabelLogits column, Calibrator.Labels plain, Calibrator.Labels by) {
        return new Scored(
                c,
                column.ranking(by.scale()[c], by.shift()[c]).averagePrecision(),
                column.counts(1, 0, plain.threshold()[c]),
                column.counts(by.scale()[c], by.shift()[c], by.threshold()[c]));
    }

    /**
     * Average precision over all pairs of a picture and a label, ranked by recalibrated probability
     * ({@code average="micro"} of scikit-learn): one distributed sort, whose parts' sums are added in its order. The
     * last bits depend on where the sort parts them.
     */
    public static double microAveragePrecision(JavaRDD<Row> rows, Calibrator.Labels by) {
        JavaPairRDD<Double, Boolean> sorted = rows.flatMapToPair(r -> {
                    List<Tuple2<Double, Boolean>> out = new ArrayList<>();
                    for (int c = 0; c < r.logits().length; c++) {
                        double score = by.scale()[c] * r.logits()[c] + by.shift()[c];
                        out.add(new Tuple2<>(score, Arrays.binarySearch(r.labels(), c) >= 0));
                    }
                    return out.iterator();
                })
                .sortByKey(false)
                .persist(StorageLevel.MEMORY_AND_DISK());
        try {
            List<long[]> sizes = sorted.mapPartitions(it -> {
                        long[] own = new long[2];
                        it.forEachRemaining(t -> {
                            own[0] += t._2() ? 1 : 0;
                            own[1]++;
                        });
                        return List.of(own).iterator();
                    })
                    .collect();
            long[][] before = new long[sizes.size() + 1][2];
            for (int p = 0; p < sizes.size(); p++) {
                before[p + 1][0] = before[p][0] + sizes.get(p)[0];
                before[p + 1][1] = before[p][1] + sizes.get(p)[1];
            }
            long all = before[sizes.size()][0];
            return sorted
                    .mapPartitionsWithIndex(
                            (p, it) -> {
                                RankedLabels.Sum sum = new RankedLabels.Sum(all, before[p][0], before[p][1]);
                                it.forEachRemaining(t -> sum.add(t._1(), t._2()));
                                return List.of(sum.result()).iterator();
                            },
                            false)
                    .collect()
                    .stream()
                    .mapToDouble(Double::doubleValue)
                    .sum();
        } finally {
            sorted.unpersist(true);
        }
    }
}
