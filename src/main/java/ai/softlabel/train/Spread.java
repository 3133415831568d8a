package ai.softlabel.train;

import ai.softlabel.JobException;
import ai.softlabel.Ranked;
import ai.softlabel.data.Shards;
import ai.softlabel.spark.BarrierStage;
import ai.softlabel.spark.Cluster;
import ai.softlabel.spark.TooFewSlots;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many tasks the replicas are dealt to: as many as were planned, or fewer, with several replicas each, where
 * executors are gone and nobody takes their place. It lives as long as the data is stored, so that a loss is waited for
 * once; each stage begins with as many tasks as there are slots again. Where a replica runs changes no bit
 * ({@link SumTree}).
 */
public final class Spread {
    private static final Logger LOG = LoggerFactory.getLogger(Spread.class);
    private static final String GO_ON =
            "add a worker and go on with --resume, or start again where the command has none";

    private final JavaSparkContext spark;
    private final Shards planned;
    private final Cluster began;
    private final double wait;
    private final BarrierStage.Patience patience;
    private final Room room;
    private Shards now;
    private int executors;

    /**
     * @param planned the tasks that the data was stored for
     * @param began the cluster that it was stored on
     * @param stepTimeout seconds to wait for lost executors' successors before the training fails
     * @param wait seconds to wait for them before it goes on with those that are left; 0 where it does not
     * @param room for the replicas of an executor
     */
    public Spread(JavaSparkContext spark, Shards planned, Cluster began, double stepTimeout, double wait, Room room) {
        this.spark = spark;
        this.planned = planned;
        this.began = began;
        this.wait = wait;
        // Without any executor there is nothing to go on with, however short the wait is.
        this.patience = wait > 0
                ? new BarrierStage.Patience(Math.max(wait, stepTimeout), wait)
                : BarrierStage.Patience.of(stepTimeout);
        this.room = room;
        this.now = planned;
        this.executors = began.executors();
    }

    /** The tasks that the data was stored for. */
    Shards planned() {
        return planned;
    }

    /** The last stage's tasks. */
    Shards now() {
        return now;
    }

    /**
     * Runs a stage.
     *
     * @param task makes its tasks' work for as many as there are
     */
    <T extends Ranked> List<EpochTask.Result> run(TrainingItems<T> items, Function<Shards, EpochTask<T>> task)
            throws Exception {
        int slots = Cluster.slots(spark);
        Shards best = dealt(planned, slots);
        // One that was lost just now may come back: the stage waits for it.
        if (best != null && best.partitions() >= now.partitions()) {
            now = best;
            executors = began.executorsOf(slots);
        }
        if (now.partitions() < planned.partitions()) {
            // Pictures may not fit where the features of frozen epochs did.
            requireRoom(room, now, executors, items.replicaBytes());
        }
        while (true) {
            Shards over = now;
            try {
                return BarrierStage.run(
                        spark,
                        over.partitions(),
                        () -> items.input(over),
                        EpochTask.Result.class,
                        task.apply(over),
                        patience);
            } catch (TooFewSlots e) {
                now = fewer(e, items.replicaBytes());
                LOG.warn(
                        "no executor came in a lost one's place for {} s: going on with {} tasks of {} replicas each",
                        Math.round(e.seconds()),
                        now.partitions(),
                        now.perPartition());
            }
        }
    }

    /** What it goes on with. */
    private Shards fewer(TooFewSlots few, long replicaBytes) {
        if (wait == 0) {
            throw few.told(GO_ON + "; with --wait-for-executors a run goes on with the slots that are left");
        }
        Shards fewer = dealt(planned, few.slots());
        if (fewer == null) {
            throw few.told(GO_ON);
        }
        executors = began.executorsOf(few.slots());
        requireRoom(room, fewer, executors, replicaBytes);
        return fewer;
    }

    /**
     * Checks the heap of the executor with the most replicas.
     *
     * @param executors those that have slots: one that is decommissioned is there for a while, and has none
     * @throws JobException of status 4
     */
    static void requireRoom(Room room, Shards dealt, int executors, long replicaBytes) {
        int replicas = dealt.perPartition() * ((dealt.partitions() + executors - 1) / executors);
        if (!room.holds(replicas, replicaBytes)) {
            throw JobException.training(
                    "expected room for %d MB of pictures for each of %d replicas in an executor's heap of %d MB, now"
                            + " that executors were lost, found room for %d MB each; give executors more memory,"
                            + " or " + GO_ON,
                    replicaBytes >> 20,
                    replicas,
                    room.heap() >> 20,
                    room.most(replicas));
        }
    }

    /** As many tasks as there are slots, or the most that divide the planned ones; null where there is no slot. */
    static Shards dealt(Shards planned, int slots) {
        return slots == 0 ? null : new Shards(planned.replicas(), Shards.divisor(planned.partitions(), slots));
    }
}
