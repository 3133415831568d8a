package ai.softlabel.train;

import ai.softlabel.Example;
import ai.softlabel.JobException;
import ai.softlabel.data.Shards;
import ai.softlabel.optim.Schedule;
import ai.softlabel.score.Features;
import ai.softlabel.spark.BarrierStage;
import ai.softlabel.spark.Broadcasts;
import ai.softlabel.spark.Cluster;
import java.util.List;
import java.util.UUID;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Trains epoch by epoch, from the driver: each epoch is one barrier stage that begins at a snapshot and ends in the
 * next.
 */
public final class Trainer {
    private final JavaSparkContext spark;
    private final Recipe recipe;
    private final Shards shards;
    private final int threads;
    private final double stepTimeout;
    private final String run;
    private final String label;

    public Trainer(JavaSparkContext spark, Recipe recipe, Shards shards, Cluster cluster, double stepTimeout) {
        this(spark, recipe, shards, cluster, stepTimeout, "");
    }

    /**
     * @param stepTimeout seconds that a step may take before the run is given up
     * @param label stands before the stages' names; one that is not empty is that of a training beside the run's own,
     *     which sends no progress
     */
    public Trainer(
            JavaSparkContext spark, Recipe recipe, Shards shards, Cluster cluster, double stepTimeout, String label) {
        this.label = label;
        this.spark = spark;
        this.recipe = recipe;
        this.shards = shards;
        this.stepTimeout = stepTimeout;
        this.threads = cluster.threads(shards.partitions());
        this.run = UUID.randomUUID().toString();
    }

    /**
     * The shards for a number of replicas on a cluster: as many tasks as there are slots, or the most that divide the
     * replicas.
     *
     * @param replicas at least 1
     */
    public static Shards shards(int replicas, Cluster cluster) {
        int partitions = Math.min(replicas, cluster.slots());
        while (replicas % partitions != 0) {
            partitions--;
        }
        return new Shards(replicas, partitions);
    }

    /**
     * What an epoch came to.
     *
     * @param snapshot where training stands now
     * @param loss mean over the epoch's steps
     * @param rate the last step's learning rate
     * @param seconds from the stage's begin to its results
     * @param times one task's medians
     * @param executors what each executor's tasks came to
     * @param bytesSent between executors
     * @param peakResident the largest process's peak resident memory in bytes
     */
    public record Epoch(
            Snapshot snapshot,
            double loss,
            double rate,
            int steps,
            double seconds,
            StepTimes times,
            List<Executor> executors,
            long bytesSent,
            long peakResident) {}

    /**
     * An executor's share of an epoch.
     *
     * @param times of its first task
     * @param imagesPerSecond of all its tasks together
     */
    public record Executor(String id, String host, StepTimes times, double imagesPerSecond) {}

    /**
     * Trains one epoch.
     *
     * @throws JobException of status 4 where the loss is not finite or the stage failed
     */
    public Epoch epoch(Snapshot before, TrainingSet set) {
        int epoch = before.epochs();
        int steps = set.count() / recipe.batchSize() * recipe.passes(epoch);
        Schedule schedule = recipe.schedule(epoch, steps);
        int first = recipe.firstStep(epoch, steps);
        Snapshot start = epoch > 0 && recipe.frozenEpochs() == epoch ? fresh(before) : before;
        String what = (label.isEmpty() ? "" : label + ", ") + "epoch " + (epoch + 1) + " of " + recipe.epochs()
                + ", steps 1-" + steps + (recipe.frozen(epoch) ? ", head only" : "");
        long begun = System.nanoTime();
        EpochResults gathered = stage(
                start,
                set,
                new EpochTask.Plan(
                        recipe, shards, run, epoch, steps, first, schedule, 0, threads, stepTimeout, label.isEmpty()),
                what);
        double seconds = (System.nanoTime() - begun) / 1e9;
        List<Double> losses = gathered.losses();
        int last = losses.size() - 1;
        if (!Double.isFinite(losses.get(last))) {
            throw JobException.training(
                    "expected a finite loss, found %s in step %d of epoch %d at learning rate %.3g; lower --lr, or give --weights",
                    losses.get(last), last + 1, epoch + 1, schedule.rate(first + last));
        }
        return new Epoch(
                gathered.after(start, recipe, seconds),
                losses.stream().mapToDouble(Double::doubleValue).average().orElseThrow(),
                schedule.rate(first + last),
                steps,
                seconds,
                gathered.times(),
                executors(gathered),
                gathered.bytesSent(),
                gathered.peakResident());
    }

    private List<Executor> executors(EpochResults gathered) {
        return gathered.executors(recipe.replicaBatch() * recipe.optimization().accumulate() * shards.perPartition());
    }

    /**
     * Sweeps the learning rate from a begin, and leaves nothing changed.
     *
     * @param steps most steps, at least 2
     * @param explosion the smoothed loss over its best that ends the sweep
     */
    public RateSearch search(
            Snapshot begin, JavaRDD<Example> examples, int steps, double first, double last, double explosion) {
        Schedule schedule =
                new Schedule.Sweep(steps, first, last, recipe.optimization().momentum());
        List<Double> losses = stage(
                        begin,
                        new TrainingSet(examples, null, 0),
                        new EpochTask.Plan(
                                recipe, shards, run, 0, steps, 0, schedule, explosion, threads, stepTimeout, true),
                        "search for a learning rate")
                .losses();
        List<Double> finite = losses.stream().filter(Double::isFinite).toList();
        if (finite.size() < 2) {
            throw JobException.training(
                    "expected a finite loss at learning rate %.3g, found %s; lower --from",
                    first, losses.get(losses.size() - 1));
        }
        return RateSearch.of(
                java.util.stream.IntStream.range(0, finite.size())
                        .mapToObj(schedule::rate)
                        .toList(),
                finite);
    }

    /**
     * What steps cost.
     *
     * @param times one task's medians
     * @param executors how many there were
     * @param bytesSent between executors, in all steps
     * @param peakResident the largest process's peak resident memory in bytes
     */
    public record Measured(StepTimes times, int executors, long bytesSent, long peakResident) {}

    /**
     * Takes steps from a begin, and leaves nothing changed.
     *
     * @param told whether the driver is told of progress, as in training
     */
    public Measured measure(Snapshot begin, JavaRDD<Example> examples, int steps, boolean told) {
        EpochResults gathered = stage(
                begin,
                new TrainingSet(examples, null, 0),
                new EpochTask.Plan(
                        recipe, shards, run, 0, steps, 0, recipe.schedule(0, steps), 0, threads, stepTimeout, told),
                "measure " + steps + " steps");
        return new Measured(
                gathered.times(), executors(gathered).size(), gathered.bytesSent(), gathered.peakResident());
    }

    private EpochResults stage(Snapshot start, TrainingSet set, EpochTask.Plan plan, String what) {
        Broadcast<Snapshot> sent = spark.broadcast(start);
        spark.sc().setJobDescription(what);
        try {
            return new EpochResults(
                    plan.frozen()
                            ? BarrierStage.run(
                                    set.features().get(),
                                    EpochTask.Result.class,
                                    new EpochTask<Features>(plan, sent, StageCounters.of(spark)),
                                    stepTimeout)
                            : BarrierStage.run(
                                    set.examples(),
                                    EpochTask.Result.class,
                                    new EpochTask<Example>(plan, sent, StageCounters.of(spark)),
                                    stepTimeout));
        } catch (Exception e) {
            // Scala throws SparkException, a checked one, without saying so.
            throw Failures.of(e, plan.epoch());
        } finally {
            spark.sc().setJobDescription(null);
            Broadcasts.destroy(sent);
        }
    }

    /** The body begins to learn: the optimiser begins anew with its schedule, the weights' average goes on. */
    private Snapshot fresh(Snapshot before) {
        Snapshot zero = Snapshot.begin(before.model(), recipe);
        if (recipe.optimization().average() > 0) {
            zero.states()[zero.states().length - 1] = before.states()[zero.states().length - 1];
        }
        return new Snapshot(
                before.model(),
                zero.states(),
                before.epochs(),
                before.losses(),
                before.seconds(),
                before.headPasses(),
                before.lossState());
    }
}
