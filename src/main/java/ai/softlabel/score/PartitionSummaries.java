package ai.softlabel.score;

import ai.softlabel.metrics.Summary;
import ai.softlabel.spark.Tasks;
import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.util.LongAccumulator;

/** Gathers a summary for each partition of predictions. */
public final class PartitionSummaries {
    private PartitionSummaries() {}

    /**
     * One partition's summary.
     *
     * @param host the executor's host
     */
    public record Partition(int id, String host, Summary summary) implements Serializable {}

    /**
     * The partitions' summaries, by id; part of the action's result, so that a task that is repeated can't count twice.
     */
    public static List<Partition> of(JavaRDD<Prediction> predictions) {
        SparkContext spark = predictions.context();
        LongAccumulator pictures = spark.longAccumulator("pictures scored");
        LongAccumulator wrong = spark.longAccumulator("of them wrong");
        List<Partition> found = predictions
                .mapPartitions(it -> {
                    Summary s = new Summary();
                    it.forEachRemaining(p -> s.update(p.probabilities(), p.label()));
                    // For the stage's page only: these would count a repeated task twice.
                    pictures.add(s.count());
                    wrong.add(Math.round(s.count() * (s.count() == 0 ? 0 : s.error())));
                    return List.of(new Partition(TaskContext.getPartitionId(), Tasks.host(), s))
                            .iterator();
                })
                .collect();
        return found.stream().sorted(Comparator.comparingInt(Partition::id)).toList();
    }

    /** All partitions together. */
    public static Summary total(List<Partition> partitions) {
        Summary total = new Summary();
        partitions.forEach(p -> total.merge(p.summary()));
        return total;
    }
}
