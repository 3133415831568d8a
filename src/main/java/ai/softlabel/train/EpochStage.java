package ai.softlabel.train;

import ai.softlabel.Ranked;
import ai.softlabel.optim.Schedule;
import ai.softlabel.score.Features;
import ai.softlabel.spark.Broadcasts;
import ai.softlabel.spark.Cluster;
import ai.softlabel.spark.JobDescription;
import java.util.List;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/** Runs the stages of one training: sends a snapshot to the tasks, and gathers what they return. */
final class EpochStage {
    private final JavaSparkContext spark;
    private final Recipe recipe;
    private final Spread spread;
    private final int threads;
    private final double stepTimeout;
    private final float[] origin;
    private final String run = UUID.randomUUID().toString();

    /**
     * @param pretrained the weights that the run started with
     * @param stepTimeout longest time for a step in seconds, after which the stage fails
     */
    EpochStage(
            JavaSparkContext spark,
            Recipe recipe,
            float[] pretrained,
            Spread spread,
            Cluster cluster,
            double stepTimeout) {
        this.spark = spark;
        this.recipe = recipe;
        this.spread = spread;
        this.threads = cluster.threads(spread.planned().partitions());
        this.stepTimeout = stepTimeout;
        this.origin = recipe.optimization().origin(recipe.model(), pretrained);
    }

    /** A plan of this training; {@link EpochPlan} describes what is given. */
    EpochPlan plan(
            int epoch,
            int steps,
            int first,
            Schedule schedule,
            double patience,
            boolean reports,
            StageLimit limit,
            StateFiles files) {
        return new EpochPlan(
                recipe,
                spread.planned(),
                run,
                epoch,
                steps,
                first,
                schedule,
                patience,
                threads,
                stepTimeout,
                reports,
                limit,
                files);
    }

    /** @param what it says in Spark's UI */
    EpochResults run(Snapshot start, TrainingSet set, EpochPlan plan, String what) {
        Broadcast<Snapshot> sent = spark.broadcast(start);
        // The head alone decays towards zero.
        Broadcast<float[]> towards = origin == null || plan.frozen() ? null : spark.broadcast(origin);
        try (JobDescription described = JobDescription.of(spark, what)) {
            StageCounters counters = StageCounters.of(spark);
            return new EpochResults(
                    plan.frozen()
                            ? spread.run(
                                    set.features().get(),
                                    dealt -> new EpochTask<Features>(plan.over(dealt), sent, towards, counters))
                            : spread.run(
                                    set.pictures(),
                                    dealt -> new EpochTask<Ranked>(plan.over(dealt), sent, towards, counters)));
        } catch (Exception e) {
            // Scala methods throw SparkException, a checked exception that they do not declare.
            throw Failures.of(e, plan.epoch());
        } finally {
            Broadcasts.destroy(sent);
            if (towards != null) {
                Broadcasts.destroy(towards);
            }
        }
    }

    /** Each executor's share of the stage that ran last. */
    List<Trainer.Executor> executors(EpochResults gathered) {
        return gathered.executors(recipe.replicaBatch()
                * recipe.optimization().accumulate()
                * spread.now().perPartition());
    }
}
