package ai.softlabel.predict;

import ai.softlabel.metrics.Summary;
import ai.softlabel.spark.Tasks;
import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;

/** Gathers a summary for each partition of predictions. */
public final class Scores {
    private Scores() {}

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
        List<Partition> found = predictions
                .mapPartitions(it -> {
                    Summary s = new Summary();
                    it.forEachRemaining(p -> s.update(p.probabilities(), p.label()));
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
