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
 * What predictions show, all together and for each partition; merged in a tree, so that the driver holds one summary.
 *
 * @param partitions by id
 * @param total all of them
 */
public record Evaluation(List<Partition> partitions, Summary total) implements Serializable {
    /**
     * One partition's figures.
     *
     * @param host the executor's host
     */
    public record Partition(int id, String host, Reliability summary) implements Serializable {}

    /**
     * A wrong answer's classes and how often they occur.
     *
     * @param label the right class
     * @param predicted the class that was predicted
     */
    public record Confusion(int label, int predicted, long count) implements Serializable {}

    /** By falling count, of equal ones by label and prediction. */
    private static final class MostFrequent implements Comparator<Confusion>, Serializable {
        private static final long serialVersionUID = 1;

        @Override
        public int compare(Confusion a, Confusion b) {
            int byCount = Long.compare(b.count(), a.count());
            int byLabel = byCount != 0 ? byCount : Integer.compare(a.label(), b.label());
            return byLabel != 0 ? byLabel : Integer.compare(a.predicted(), b.predicted());
        }
    }

    /** No predictions. */
    public static Evaluation none() {
        return new Evaluation(new ArrayList<>(), new Summary());
    }

    /** The figures; part of the action's result, so that a task that is repeated can't count twice. */
    public static Evaluation of(JavaRDD<Prediction> predictions) {
        SparkContext spark = predictions.context();
        LongAccumulator pictures = spark.longAccumulator("pictures scored");
        LongAccumulator wrong = spark.longAccumulator("of them wrong");
        Evaluation found = predictions
                .mapPartitions(it -> {
                    Evaluation own = none();
                    Reliability brief = new Reliability();
                    it.forEachRemaining(p -> {
                        PictureMetrics of = PictureMetrics.of(p.probabilities(), p.label());
                        own.total.update(of, 1);
                        brief.update(of, 1);
                    });
                    // For the stage's page only: these would count a repeated task twice.
                    pictures.add(brief.count());
                    wrong.add(brief.count() - brief.right());
                    own.partitions.add(new Partition(TaskContext.getPartitionId(), Tasks.host(), brief));
                    return List.of(own).iterator();
                })
                .treeAggregate(none(), Evaluation::merge, Evaluation::merge);
        found.partitions.sort(Comparator.comparingInt(Partition::id));
        return found;
    }

    /** The figures of all predictions together. */
    public static Summary total(JavaRDD<Prediction> predictions) {
        return of(predictions).total;
    }

    private Evaluation merge(Evaluation other) {
        partitions.addAll(other.partitions);
        total.merge(other.total);
        return this;
    }

    /**
     * The most frequent mistakes, counted exactly: where classes are many, what a table of all pairs can't show.
     *
     * @param most how many pairs at most
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
