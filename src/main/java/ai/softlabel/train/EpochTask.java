package ai.softlabel.train;

import ai.softlabel.Example;
import ai.softlabel.Ranked;
import ai.softlabel.bigdl.NativeThread;
import ai.softlabel.network.Model;
import ai.softlabel.score.Features;
import ai.softlabel.spark.BarrierStage;
import ai.softlabel.spark.LiveChannel;
import ai.softlabel.spark.Meters;
import ai.softlabel.spark.Peer;
import ai.softlabel.spark.ProcessMemory;
import ai.softlabel.spark.StageContext;
import ai.softlabel.spark.Termination;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;

/**
 * One task of an epoch: the steps of the replicas whose pictures lie in its partition. All tasks of an epoch run at
 * once; those in one process form a {@link Group}, whose first task exchanges with the other executors.
 *
 * @param <T> what is learnt from: {@link Example}, or {@link Features} where the body is frozen
 */
final class EpochTask<T extends Ranked> implements BarrierStage.Task<TaskItems<T>, EpochTask.Result> {
    private static final long serialVersionUID = 1;
    private static final long REPORT_NANOS = 250_000_000;

    /**
     * What a task brings back.
     *
     * @param losses mean loss of each of the stage's steps, over all replicas
     * @param statistics running statistics of each of its replicas; empty where the body is frozen
     * @param gathered what the loss of each of its replicas gathered; empty where it learns nothing
     * @param replicas what each of its replicas has of its own where the stage ended before the epoch; else empty
     * @param slice the part of the flat array that {@code weights} and {@code states} are; null but for an executor's
     *     first task
     * @param stored the files that it wrote the states into, of which {@code states} then has the moving average alone,
     *     if that; else null
     * @param executor where it ran
     * @param leaving whether its executor is about to end
     * @param bytesSent to other executors
     * @param peakResident the process's peak resident memory in bytes
     */
    record Result(
            List<Double> losses,
            List<float[]> statistics,
            List<double[]> gathered,
            List<ReplicaState> replicas,
            Exchange.Slice slice,
            float[] weights,
            float[][] states,
            List<StateFiles.Piece> stored,
            Peer executor,
            boolean leaving,
            StepTimes times,
            long bytesSent,
            long peakResident)
            implements Serializable {}

    private final EpochPlan plan;
    private final Broadcast<Snapshot> snapshot;
    private final Broadcast<float[]> origin;
    private final StageCounters counts;

    /** @param origin what weight decay goes towards, or null for zero */
    EpochTask(EpochPlan plan, Broadcast<Snapshot> snapshot, Broadcast<float[]> origin, StageCounters counts) {
        this.origin = origin;
        this.plan = plan;
        this.snapshot = snapshot;
        this.counts = counts;
    }

    @Override
    public Result run(Iterator<TaskItems<T>> partition, StageContext context) throws Exception {
        TaskItems<T> items = partition.next();
        List<Peer> peers = context.peers(
                PeerExchange.KINDS,
                PeerExchange.mostBytes(
                        plan.recipe().model().size(), plan.shards().replicas()),
                // Messages have their step's number.
                snapshot.value().step());
        Peer me = peers.get(context.partition());
        List<Integer> together = new ArrayList<>();
        for (int p = 0; p < peers.size(); p++) {
            if (peers.get(p).equals(me)) {
                together.add(p);
            }
        }
        int replicas = together.size() * plan.shards().perPartition();
        Group group = Group.join(
                plan.run(),
                context.name(),
                together.size(),
                replicas,
                snapshot.value(),
                () -> exchange(peers, me, replicas, context),
                plan.stepTimeout());
        try (NativeThread thread = NativeThread.borrow(plan.threads())) {
            return thread.call(() -> steps(thread, group, me, together.indexOf(context.partition()), items, context));
        } catch (RuntimeException | Error e) {
            group.fail(e);
            throw e;
        } finally {
            group.leave();
        }
    }

    private Exchange exchange(List<Peer> peers, Peer me, int replicas, StageContext context) {
        Model model = plan.recipe().model();
        Exchange.Slice active = new Exchange.Slice(plan.frozen() ? model.headOffset() : 0, model.size());
        Placement placement = Placement.of(peers, plan.shards().perPartition());
        return placement.executors().size() == 1
                ? new LocalExchange(active, replicas)
                : new PeerExchange(
                        placement,
                        placement.executors().indexOf(me),
                        active,
                        plan.recipe().optimization().exchange(),
                        context.mailbox(),
                        plan.stepTimeout(),
                        context::cancelled);
    }

    private Result steps(NativeThread thread, Group group, Peer me, int index, TaskItems<T> items, StageContext context)
            throws Exception {
        try (TaskLearners<T> learners = new TaskLearners<>(plan, group, index)) {
            learners.start(thread, snapshot.value(), items, context.partition());
            try (Termination.Watch end =
                    index == 0 && plan.limit().cuts() ? new Termination.Watch(context.name()) : null) {
                return steps(learners, group, me, index, end, context);
            }
        }
    }

    private static double since(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }

    private Result steps(
            TaskLearners<T> learners, Group group, Peer me, int index, Termination.Watch end, StageContext context)
            throws Exception {
        Update update = new Update(
                plan.recipe().optimization(),
                plan.recipe().optimization().segments(plan.recipe().model()),
                origin == null ? null : origin.value(),
                plan.recipe().replicas(),
                group,
                index,
                context::cancelled);
        List<Double> losses = new ArrayList<>();
        int first = snapshot.value().step();
        double before = snapshot.value().secondsWithin();
        StepTimes.Clock clock = new StepTimes.Clock(first, plan.steps());
        group.await(context::cancelled);
        long begun = clock.begin();
        long reported = begun;
        long stepped = begun;
        for (int step = first; step < plan.steps(); step++) {
            learners.compute(step, clock);
            group.await(context::cancelled);
            clock.lap(step, StepTimes.Clock.WAIT);
            double loss = update.reduce(
                    step, () -> end != null && end.asked() || plan.limit().reached(since(begun), losses.size() + 1));
            losses.add(loss);
            if (!Double.isFinite(loss) && plan.reports() && context.partition() == 0) {
                report(step, loss, 0, before + since(begun));
            }
            if (!Double.isFinite(loss) || (plan.patience() > 0 && RateSearch.exploded(losses, plan.patience()))) {
                break;
            }
            int scheduled = plan.first() + step;
            update.apply(step, scheduled, plan.schedule());
            clock.lap(step, StepTimes.Clock.EXCHANGE);
            long now = System.nanoTime();
            Meters.step(
                    (now - stepped) / 1e9,
                    clock.seconds(step, StepTimes.Clock.WAIT),
                    clock.seconds(step, StepTimes.Clock.EXCHANGE));
            stepped = now;
            if (plan.reports() && context.partition() == 0 && now - reported > REPORT_NANOS) {
                reported = now;
                report(step, loss, plan.schedule().rate(scheduled), before + since(begun));
            }
            if (group.ends) {
                break;
            }
        }
        // Every task reports: the executor's first may end before another has counted its last step.
        Meters.sent(index == 0 ? group.exchange.bytesSent() : 0);
        int pictures = plan.recipe().replicaBatch()
                * plan.recipe().optimization().accumulate()
                * plan.shards().perPartition();
        counts.add(losses.size(), (long) losses.size() * pictures);
        return result(group, me, end != null && end.leaving(), index, learners, losses, clock);
    }

    private void report(int step, double loss, double rate, double seconds) {
        LiveChannel.send(new Progress(plan.epoch(), step + 1, plan.steps(), loss, rate, seconds));
    }

    private Result result(
            Group group,
            Peer me,
            boolean leaving,
            int index,
            TaskLearners<T> learners,
            List<Double> losses,
            StepTimes.Clock clock) {
        boolean whole = snapshot.value().step() + losses.size() == plan.steps();
        Exchange.Slice slice = index == 0 ? group.exchange.mine() : null;
        float[] weights = slice == null ? null : Arrays.copyOfRange(group.weights, slice.from(), slice.to());
        List<StateFiles.Piece> stored = null;
        float[][] states = slice == null ? null : group.states;
        if (slice != null && plan.files() != null && Double.isFinite(losses.get(losses.size() - 1))) {
            int done = snapshot.value().step() + losses.size();
            CheckpointName name =
                    whole ? CheckpointName.of(plan.epoch() + 1, 0) : CheckpointName.of(plan.epoch(), done);
            stored = stored(slice, states, name.text());
            states = stored == null ? states : kept(states);
        }
        return new Result(
                losses,
                learners.statistics(),
                learners.gathered(),
                whole ? new ArrayList<>() : learners.states(),
                slice,
                weights,
                states,
                stored,
                me,
                leaving,
                clock.medians(losses.size()),
                group.exchange.bytesSent(),
                ProcessMemory.peakResident());
    }

    /** Writes this executor's states; null where there are none, or it can't write where the driver does. */
    private List<StateFiles.Piece> stored(Exchange.Slice slice, float[][] states, String name) {
        int count = states.length - kept(states).length;
        return count > 0 && plan.files().shared() ? plan.files().write(name, slice, states, count) : null;
    }

    /** What the driver scores and saves. */
    private float[][] kept(float[][] states) {
        return plan.recipe().optimization().average() > 0 ? new float[][] {states[states.length - 1]} : new float[0][];
    }
}
