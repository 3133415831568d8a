package ai.softlabel.score;

import ai.softlabel.metrics.PictureMetrics;
import ai.softlabel.metrics.Reliability;
import ai.softlabel.metrics.Summary;
import ai.softlabel.spark.Tasks;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.util.LongAccumulator;
import scala.Tuple2;

/**
 * The figures of predictions, in total and by partition; summaries are merged in a tree, so that the driver holds one.
 *
 * @param partitions the partitions, by id
 * @param total the figures over all partitions
 */
public record Evaluation(List<Partition> partitions, Summary total) implements Serializable {
    /**
     * One partition's figures.
     *
     * @param host the executor's host
     */
    public record Partition(int id, String host, Reliability summary) implements Serializable {}

    /**
     * A pair of correct and predicted class that differ, and its count.
     *
     * @param label the correct class
     * @param predicted the predicted class
     */
    public record Confusion(int label, int predicted, long count) implements Serializable {}

    /** By descending count, then by label and prediction. */
    private static final class MostFrequent implements Comparator<Confusion>, Serializable {
        private static final long serialVersionUID = 1;

        @Override
        public int compare(Confusion a, Confusion b) {
            int byCount = Long.compare(b.count(), a.count());
            int byLabel = byCount != 0 ? byCount : Integer.compare(a.label(), b.label());
            return byLabel != 0 ? byLabel : Integer.compare(a.predicted(), b.predicted());
        }
    }

    /** The evaluation of no predictions. */
    public static Evaluation none() {
        return new Evaluation(new ArrayList<>(), new Summary());
    }

    /** The same; where pictures may have several labels, of their {@link Decisions}. */
    public static Evaluation of(JavaRDD<Prediction> predictions, boolean several) {
        return of(several ? Decisions.of(predictions) : predictions);
    }

    /**
     * Evaluates predictions. Summaries are part of the action's result, so that a task that is run again does not count
     * twice.
     */
    public static Evaluation of(JavaRDD<Prediction> predictions) {
        SparkContext spark = predictions.context();
        LongAccumulator pictures = spark.longAccumulator("pictures scored");
        LongAccumulator wrong = spark.longAccumulator("of them misclassified");
        Evaluation found = predictions
                .mapPartitions(it -> {
                    Evaluation own = none();
                    Reliability brief = new Reliability();
                    it.forEachRemaining(p -> {
                        PictureMetrics of = PictureMetrics.of(p.probabilities(), p.label());
                        own.total.update(of, 1);
                        brief.update(of, 1);
                    });
                    // For the stage's page only: accumulators count a task that is run again twice.
                    pictures.add(brief.count());
                    wrong.add(brief.count() - brief.correct());
                    own.partitions.add(new Partition(TaskContext.getPartitionId(), Tasks.host(), brief));
                    return List.of(own).iterator();
                })
                .treeAggregate(none(), Evaluation::merge, Evaluation::merge);
        found.partitions.sort(Comparator.comparingInt(Partition::id));
        return found;
    }

    /** The figures over all predictions. */
    public static Summary total(JavaRDD<Prediction> predictions) {
        return of(predictions).total;
    }

    private Evaluation merge(Evaluation other) {
        partitions.addAll(other.partitions);
        total.merge(other.total);
        return this;
    }

    /**
     * The most frequent confusions, counted exactly, for data with too many classes for a full confusion matrix.
     *
     * @param most maximum number of pairs
     */
    public static List<Confusion> confusions(JavaRDD<Prediction> predictions, int most) {
        return predictions
                .filter(p -> p.label() != p.predicted())
                .mapToPair(p -> new Tuple2<>(new Tuple2<>(p.label(), p.predicted()), 1L))
                .reduceByKey(Long::sum)
                .map(pair -> new Confusion(pair._1()._1(), pair._1()._2(), pair._2()))
                .takeOrdered(most, new MostFrequent());
    }
}
