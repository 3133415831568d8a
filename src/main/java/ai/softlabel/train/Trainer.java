package ai.softlabel.train;

import ai.softlabel.JobException;
import ai.softlabel.data.Shards;
import ai.softlabel.optim.Schedule;
import ai.softlabel.spark.Cluster;
import ai.softlabel.spark.Peer;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Trains epoch by epoch from the driver. Each epoch is a barrier stage that starts from a snapshot and returns the
 * next, or several where it is long.
 */
public final class Trainer {
    private final Recipe recipe;
    private final String label;
    private final EpochStage stage;

    /**
     * @param pretrained the weights that the run started with, also where it resumes; L2-SP decays towards them
     * @param spread how the replicas are dealt to tasks, of all trainings of this data
     * @param stepTimeout longest time for a step in seconds, after which the run fails
     * @param label prefix of the stages' names. If it is not empty, the training is an auxiliary one, such as a fold's,
     *     and sends no progress
     */
    public Trainer(
            JavaSparkContext spark,
            Recipe recipe,
            float[] pretrained,
            Spread spread,
            Cluster cluster,
            double stepTimeout,
            String label) {
        this.label = label;
        this.recipe = recipe;
        this.stage = new EpochStage(spark, recipe, pretrained, spread, cluster, stepTimeout);
    }

    /**
     * The shards for a number of replicas on a cluster: as many tasks as there are slots, or the most that divide the
     * replicas.
     *
     * @param replicas at least 1
     */
    public static Shards shards(int replicas, Cluster cluster) {
        return new Shards(replicas, Shards.divisor(replicas, cluster.slots()));
    }

    /**
     * The result of an epoch.
     *
     * @param snapshot the state after the epoch
     * @param loss mean over the epoch's steps
     * @param rate the last step's learning rate
     * @param seconds from the stage's start to its results
     * @param stepSeconds of them, those in which its steps ran, as one task saw them
     * @param times one task's medians
     * @param executors each executor's part
     * @param bytesSent between executors
     * @param peakResident the largest process's peak resident memory in bytes
     */
    public record Epoch(
            Snapshot snapshot,
            double loss,
            double rate,
            int steps,
            double seconds,
            double stepSeconds,
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
     * The middle of an epoch.
     *
     * @param leaving the executors that are about to end, which is why the stage was cut; none where its time was up
     */
    public record Cut(Snapshot snapshot, List<Peer> leaving) {}

    /** Trains one epoch in one stage; see the other. */
    public Epoch epoch(Snapshot before, TrainingSet set) {
        return epoch(before, set, StageLimit.NONE, null, cut -> {});
    }

    /**
     * Trains one epoch, or the rest of one, in as many stages as the limit cuts it into: the bits are those of one
     * stage.
     *
     * @param files where executors write the optimiser's arrays for checkpoints, or null where the driver gets them
     * @param between takes what there is after each stage but the last; what it throws ends the training
     * @throws JobException of status 4 where the loss is not finite or the stage failed
     */
    public Epoch epoch(Snapshot before, TrainingSet set, StageLimit limit, StateFiles files, Consumer<Cut> between) {
        int epoch = before.epochs();
        int steps = set.count() / recipe.batchSize() * recipe.passes(epoch);
        Schedule schedule = recipe.schedule(epoch, steps);
        int first = recipe.firstStep(epoch, steps);
        boolean opens = epoch > 0 && recipe.frozenEpochs() == epoch && before.within() == null;
        Snapshot now = opens ? fresh(before) : before;
        EpochPlan plan = stage.plan(epoch, steps, first, schedule, 0, label.isEmpty(), limit, files);
        double stepSeconds = 0;
        long bytesSent = 0;
        long peakResident = 0;
        while (true) {
            int done = now.step();
            double earlier = now.secondsWithin();
            String what = (label.isEmpty() ? "" : label + ", ") + "epoch " + (epoch + 1) + " of " + recipe.epochs()
                    + ", steps " + (done + 1) + "-" + steps + (recipe.frozen(epoch) ? ", head only" : "");
            long startTime = System.nanoTime();
            EpochResults gathered = stage.run(now, set, plan, what);
            double seconds = (System.nanoTime() - startTime) / 1e9;
            int last = done + gathered.losses().size() - 1;
            double loss = gathered.losses().get(last - done);
            if (!Double.isFinite(loss)) {
                throw JobException.training(
                        "expected a finite loss, found %s in step %d of epoch %d at learning rate %.3g; lower --lr, or give --weights",
                        loss, last + 1, epoch + 1, schedule.rate(first + last));
            }
            now = gathered.after(now, recipe, seconds, files);
            stepSeconds += gathered.times().all();
            bytesSent += gathered.bytesSent();
            peakResident = Math.max(peakResident, gathered.peakResident());
            if (now.within() == null) {
                return new Epoch(
                        now,
                        now.losses().stream()
                                .mapToDouble(Double::doubleValue)
                                .average()
                                .orElseThrow(),
                        schedule.rate(first + last),
                        steps,
                        earlier + seconds,
                        stepSeconds,
                        gathered.times(),
                        stage.executors(gathered),
                        bytesSent,
                        peakResident);
            }
            between.accept(new Cut(now, gathered.leaving()));
        }
    }

    /**
     * Sweeps the learning rate from a snapshot without changing it.
     *
     * @param steps maximum number of steps, at least 2
     * @param explosion ratio of the smoothed loss to its minimum at which the sweep stops
     */
    public RateSearch search(Snapshot start, TrainingSet set, int steps, double first, double last, double explosion) {
        Schedule schedule =
                new Schedule.Sweep(steps, first, last, recipe.optimization().momentum());
        EpochPlan plan = stage.plan(0, steps, 0, schedule, explosion, true, StageLimit.NONE, null);
        List<Double> losses =
                stage.run(start, set, plan, "search for a learning rate").losses();
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
     * The measured cost of steps.
     *
     * @param times one task's medians
     * @param executors how many there were
     * @param bytesSent between executors, in all steps
     * @param peakResident the largest process's peak resident memory in bytes
     */
    public record Measured(StepTimes times, int executors, long bytesSent, long peakResident) {}

    /**
     * Runs training steps from a snapshot without changing it.
     *
     * @param reports whether to report progress to the driver, as in training
     */
    public Measured measure(Snapshot start, TrainingSet set, int steps, boolean reports) {
        EpochPlan plan = stage.plan(0, steps, 0, recipe.schedule(0, steps), 0, reports, StageLimit.NONE, null);
        EpochResults gathered = stage.run(start, set, plan, "measure " + steps + " steps");
        return new Measured(
                gathered.times(), stage.executors(gathered).size(), gathered.bytesSent(), gathered.peakResident());
    }

    /**
     * The body starts to be trained: optimiser state and schedule are reset, the moving average of the weights
     * continues.
     */
    private Snapshot fresh(Snapshot before) {
        Snapshot zero = Snapshot.start(before.model(), recipe);
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
