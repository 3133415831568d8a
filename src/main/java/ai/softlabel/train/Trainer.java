package ai.softlabel.train;

import ai.softlabel.Example;
import ai.softlabel.JobException;
import ai.softlabel.data.Shards;
import ai.softlabel.model.ModelState;
import ai.softlabel.spark.BarrierStage;
import ai.softlabel.spark.Cluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.spark.SparkException;
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

    /** @param stepTimeout seconds that a step may take before the run is given up */
    public Trainer(JavaSparkContext spark, Recipe recipe, Shards shards, Cluster cluster, double stepTimeout) {
        this.spark = spark;
        this.recipe = recipe;
        this.shards = shards;
        this.stepTimeout = stepTimeout;
        int tasksPerExecutor = Math.max(1, (shards.partitions() + cluster.executors() - 1) / cluster.executors());
        this.threads = Math.max(1, cluster.coresPerExecutor() / tasksPerExecutor);
        this.run = Long.toHexString(System.nanoTime());
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
            long bytesSent,
            long peakResident) {}

    /**
     * Trains one epoch.
     *
     * @param examples the training part, spread over {@link Shards#partitions} partitions
     * @param count how many examples there are
     * @throws JobException of status 4 where the loss is not finite or the stage failed
     */
    public Epoch epoch(Snapshot before, JavaRDD<Example> examples, int count) {
        int epoch = before.epochs();
        int steps = count / recipe.batchSize();
        Broadcast<Snapshot> sent = spark.broadcast(before);
        EpochTask.Plan plan = new EpochTask.Plan(recipe, shards, run, epoch, steps, threads, stepTimeout);
        spark.sc()
                .setJobDescription("epoch " + (epoch + 1) + " of " + recipe.epochs() + ", steps 1-" + steps
                        + (recipe.frozen(epoch) ? ", head only" : ""));
        long begun = System.nanoTime();
        List<EpochTask.Result> results;
        try {
            results = BarrierStage.run(examples, EpochTask.Result.class, new EpochTask(plan, sent));
        } catch (RuntimeException e) {
            throw failure(e, epoch);
        } finally {
            spark.sc().setJobDescription(null);
            sent.destroy();
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        List<Double> losses = results.get(0).losses();
        Schedule schedule = recipe.schedule(epoch, steps);
        int first = recipe.firstStep(epoch, steps);
        int last = losses.size() - 1;
        if (!Double.isFinite(losses.get(last))) {
            throw JobException.training(
                    "expected a finite loss, found %s in step %d of epoch %d at learning rate %.3g; lower --lr, or give --weights",
                    losses.get(last), last + 1, epoch + 1, schedule.rate(first + last));
        }
        long bytes = results.stream()
                .filter(r -> r.slice() != null)
                .mapToLong(EpochTask.Result::bytesSent)
                .sum();
        long peak =
                results.stream().mapToLong(EpochTask.Result::peakResident).max().orElse(0);
        double mean = losses.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        return new Epoch(
                after(before, results, losses, seconds),
                mean,
                schedule.rate(first + last),
                steps,
                seconds,
                results.get(0).times(),
                bytes,
                peak);
    }

    private Snapshot after(Snapshot before, List<EpochTask.Result> results, List<Double> losses, double seconds) {
        float[] weights = before.model().weights().clone();
        float[] velocity = before.velocity().clone();
        for (EpochTask.Result r : results) {
            if (r.slice() != null) {
                System.arraycopy(
                        r.weights(), 0, weights, r.slice().from(), r.slice().size());
                System.arraycopy(
                        r.velocity(), 0, velocity, r.slice().from(), r.slice().size());
            }
        }
        List<float[]> statistics = results.stream()
                .flatMap(r -> r.statistics().stream())
                .filter(Objects::nonNull)
                .toList();
        boolean frozen = recipe.frozen(before.epochs());
        float[] running = frozen ? before.model().statistics() : mean(statistics);
        long steps = before.model().steps() + (frozen ? 0 : losses.size());
        List<Double> all = new ArrayList<>(before.losses());
        all.addAll(losses);
        return new Snapshot(
                new ModelState(weights, running, steps),
                velocity,
                before.epochs() + 1,
                List.copyOf(all),
                before.seconds() + seconds,
                before.headPasses() + (frozen ? 1 : 0));
    }

    /** The mean over the replicas, in their order, in double precision: no placement changes it. */
    private static float[] mean(List<float[]> arrays) {
        float[] out = new float[arrays.get(0).length];
        for (int i = 0; i < out.length; i++) {
            double sum = 0;
            for (float[] a : arrays) {
                sum += a[i];
            }
            out[i] = (float) (sum / arrays.size());
        }
        return out;
    }

    /** One line for what made a stage fail: the innermost message that is ours, or Spark's first line. */
    private static JobException failure(RuntimeException e, int epoch) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof JobException ours) {
                return ours;
            }
        }
        String text = String.valueOf(e.getMessage());
        int ours = text.indexOf(JobException.class.getName() + ": ");
        if (ours >= 0) {
            return JobException.training(
                    "%s",
                    text.substring(ours + JobException.class.getName().length() + 2)
                            .lines()
                            .findFirst()
                            .orElse(text));
        }
        String why = e.getCause() instanceof SparkException s ? s.getMessage() : text;
        return new JobException(
                ai.softlabel.ExitStatus.TRAINING,
                String.format(
                        "expected epoch %d to finish, found: %s; see the executors' logs, and go on with --resume",
                        epoch + 1, why.lines().findFirst().orElse("no message")),
                e);
    }
}
