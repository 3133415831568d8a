package ai.softlabel.train;

import ai.softlabel.Example;
import ai.softlabel.Ranked;
import ai.softlabel.bigdl.NativeThread;
import ai.softlabel.data.StoredPicture;
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
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.apache.spark.broadcast.Broadcast;

/**
 * One task of an epoch: the steps of the replicas whose pictures lie in its partition. All tasks of an epoch run at
 * once; those in one process form a {@link Group}, whose first task exchanges with the other executors.
 *
 * @param <T> what is learnt from: {@link Example}, or {@link Features} where the body is frozen
 */
final class EpochTask<T extends Ranked> implements BarrierStage.Task<TaskItems<T>, EpochTask.Result> {
    private static final long serialVersionUID = 1;
    private static final int AHEAD_BATCHES = 2;
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
        List<Learner> learners = new ArrayList<>();
        try {
            start(learners, thread, group, index, items, context.partition());
            try (Termination.Watch end =
                    index == 0 && plan.limit().cuts() ? new Termination.Watch(context.name()) : null) {
                return steps(learners, group, me, index, end, context);
            }
        } finally {
            learners.forEach(Learner::finish);
        }
    }

    private static double since(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }

    private Result steps(
            List<Learner> learners, Group group, Peer me, int index, Termination.Watch end, StageContext context)
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
            compute(group, index, learners, step, clock);
            group.await(context::cancelled);
            clock.lap(step, StepTimes.Clock.WAIT);
            double loss = update.reduce(
                    step, () -> end != null && end.asked() || plan.limit().reached(since(begun), losses.size() + 1));
            losses.add(loss);
            if (!Double.isFinite(loss) && plan.reports() && context.partition() == 0) {
                LiveChannel.send(new Progress(plan.epoch(), step + 1, plan.steps(), loss, 0, before + since(begun)));
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
                LiveChannel.send(new Progress(
                        plan.epoch(),
                        step + 1,
                        plan.steps(),
                        loss,
                        plan.schedule().rate(scheduled),
                        before + since(begun)));
            }
            if (group.ends) {
                break;
            }
        }
        // Every task reports: the executor's first may end before another has counted its last step.
        Meters.sent(index == 0 ? group.exchange.bytesSent() : 0);
        int pictures =
                plan.recipe().replicaBatch() * plan.recipe().optimization().accumulate() * learners.size();
        counts.add(losses.size(), (long) losses.size() * pictures);
        return result(group, me, end != null && end.leaving(), index, learners, losses, clock);
    }

    @SuppressWarnings("unchecked")
    private void start(
            List<Learner> learners, NativeThread thread, Group group, int index, TaskItems<T> items, int partition) {
        Recipe recipe = plan.recipe();
        float[] statistics = snapshot.value().model().statistics();
        float[] learnt = snapshot.value().lossState();
        Snapshot.Within within = snapshot.value().within();
        int batch = snapshot.value().step() * recipe.optimization().accumulate();
        int perTask = plan.shards().perPartition();
        // Those of replicas that other tasks have again.
        for (int i = perTask; i < plan.shards().replicas(); i++) {
            thread.drop("head " + i);
            thread.drop("replica " + i);
        }
        for (int i = 0; i < perTask; i++) {
            Items<T> own = items.replicas().apply(partition * perTask + i);
            ReplicaState state = within == null ? null : within.replicas().get(partition * perTask + i);
            // What is compiled points into the process's weights, and has the form that the recipe gives it.
            Object key = List.of(recipe, group.weights);
            if (plan.frozen()) {
                HeadLearner head =
                        thread.keep("head " + i, key, HeadLearner.class, () -> new HeadLearner(recipe, group.weights));
                if (state == null) {
                    head.start(plan.epoch(), plan.steps(), (Items<Features>) own, learnt);
                } else {
                    head.resume(plan.epoch(), plan.steps(), (Items<Features>) own, state, learnt, batch);
                }
                learners.add(head);
            } else {
                thread.drop("head " + i);
                Replica replica = thread.keep(
                        "replica " + i, key, Replica.class, () -> new Replica(recipe, group.weights, statistics));
                Items<Example> examples = items.encoded() ? decoded(own, batch) : (Items<Example>) own;
                if (state == null) {
                    replica.start(plan.epoch(), examples, statistics, learnt);
                } else {
                    replica.resume(plan.epoch(), examples, state, learnt, batch);
                }
                learners.add(replica);
            }
            group.gradients[index * perTask + i] = learners.get(i).gradient();
        }
    }

    private Items<Example> decoded(Items<T> stored, int firstBatch) {
        Recipe recipe = plan.recipe();
        int batch = recipe.replicaBatch();
        long wanted = ((long) plan.steps() * recipe.optimization().accumulate() - firstBatch) * batch;
        return new DecodedAhead<>(
                stored, s -> StoredPicture.example(s, recipe.hyperparameters().preparation()), AHEAD_BATCHES * batch, wanted);
    }

    private void compute(Group group, int index, List<Learner> learners, int step, StepTimes.Clock clock) {
        int batches = plan.recipe().optimization().accumulate();
        for (int i = 0; i < learners.size(); i++) {
            Learner learner = learners.get(i);
            float[] sum = batches == 1 ? null : new float[learner.gradient().length];
            double loss = 0;
            for (int b = 0; b < batches; b++) {
                learner.assemble(step * batches + b);
                clock.lap(step, StepTimes.Clock.DATA);
                loss += learner.compute();
                if (sum != null) {
                    for (int k = 0; k < sum.length; k++) {
                        sum[k] += learner.gradient()[k];
                    }
                }
                clock.lap(step, StepTimes.Clock.COMPUTE);
            }
            if (sum != null) {
                System.arraycopy(sum, 0, learner.gradient(), 0, sum.length);
            }
            group.losses[index * learners.size() + i] = loss / batches;
        }
    }

    private Result result(
            Group group,
            Peer me,
            boolean leaving,
            int index,
            List<Learner> learners,
            List<Double> losses,
            StepTimes.Clock clock) {
        List<float[]> statistics = learners.stream()
                .map(Learner::statistics)
                .filter(Objects::nonNull)
                .toList();
        List<double[]> gathered = learners.stream()
                .map(Learner::gathered)
                .filter(sums -> sums.length > 0)
                .toList();
        boolean whole = snapshot.value().step() + losses.size() == plan.steps();
        List<ReplicaState> replicas =
                whole ? List.of() : learners.stream().map(Learner::state).toList();
        Exchange.Slice slice = index == 0 ? group.exchange.mine() : null;
        float[] weights = slice == null ? null : java.util.Arrays.copyOfRange(group.weights, slice.from(), slice.to());
        List<StateFiles.Piece> stored = null;
        float[][] states = slice == null ? null : group.states;
        if (slice != null && plan.files() != null && Double.isFinite(losses.get(losses.size() - 1))) {
            int done = snapshot.value().step() + losses.size();
            stored = stored(slice, states, Checkpoints.name(whole ? plan.epoch() + 1 : plan.epoch(), whole ? 0 : done));
            states = stored == null ? states : kept(states);
        }
        return new Result(
                losses,
                new ArrayList<>(statistics),
                new ArrayList<>(gathered),
                new ArrayList<>(replicas),
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
