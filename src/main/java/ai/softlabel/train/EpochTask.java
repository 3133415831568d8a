package ai.softlabel.train;

import ai.softlabel.Example;
import ai.softlabel.bigdl.NativeThread;
import ai.softlabel.data.Shards;
import ai.softlabel.model.ResNet;
import ai.softlabel.spark.BarrierStage;
import ai.softlabel.spark.BlockMail;
import ai.softlabel.spark.LiveChannel;
import ai.softlabel.spark.Peer;
import ai.softlabel.spark.StageContext;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;

/**
 * One task of an epoch: the steps of the replicas whose pictures lie in its partition. All tasks of an epoch run at
 * once; those in one process form a {@link Group}, whose first task exchanges with the other executors.
 */
final class EpochTask implements BarrierStage.Task<Example, EpochTask.Result> {
    private static final long serialVersionUID = 1;
    private static final long REPORT_NANOS = 250_000_000;

    /**
     * What does not change from task to task.
     *
     * @param run a name of this run, letters and digits
     * @param epoch from 0
     * @param steps steps of an epoch
     * @param threads OpenMP threads of each task
     * @param stepTimeout seconds that a step may take
     */
    record Plan(Recipe recipe, Shards shards, String run, int epoch, int steps, int threads, double stepTimeout)
            implements Serializable {}

    /**
     * What a task brings back.
     *
     * @param losses mean loss of each step, over all replicas; shorter than the epoch where it diverged
     * @param statistics running statistics of each of its replicas; empty where the body is frozen
     * @param slice the part of the flat array that {@code weights} and {@code velocity} are; null but for an executor's
     *     first task
     * @param bytesSent to other executors
     * @param peakResident the process's peak resident memory in bytes
     */
    record Result(
            List<Double> losses,
            List<float[]> statistics,
            Exchange.Slice slice,
            float[] weights,
            float[] velocity,
            StepTimes times,
            long bytesSent,
            long peakResident)
            implements Serializable {}

    private final Plan plan;
    private final Broadcast<Snapshot> snapshot;

    EpochTask(Plan plan, Broadcast<Snapshot> snapshot) {
        this.plan = plan;
        this.snapshot = snapshot;
    }

    @Override
    public Result run(Iterator<Example> partition, StageContext context) throws Exception {
        List<Example> examples = new ArrayList<>();
        partition.forEachRemaining(examples::add);
        List<Peer> peers = context.peers();
        Peer me = peers.get(context.partition());
        List<Integer> together = new ArrayList<>();
        for (int p = 0; p < peers.size(); p++) {
            if (peers.get(p).equals(me)) {
                together.add(p);
            }
        }
        int perTask = plan.shards().perPartition();
        String name = plan.run() + "_" + context.name().replace('.', '_');
        Group group = Group.join(
                name,
                together.size(),
                together.size() * perTask,
                snapshot.value(),
                () -> exchange(name, peers, me, context),
                plan.stepTimeout());
        try (NativeThread thread = NativeThread.borrow(plan.threads())) {
            return thread.call(() -> steps(thread, group, together.indexOf(context.partition()), examples, context));
        } catch (RuntimeException | Error e) {
            group.fail(e);
            throw e;
        } finally {
            group.leave();
        }
    }

    private Exchange exchange(String name, List<Peer> peers, Peer me, StageContext context) {
        ResNet model = new ResNet(plan.recipe().depth(), plan.recipe().classes());
        Exchange.Slice active =
                new Exchange.Slice(plan.recipe().frozen(plan.epoch()) ? model.headOffset() : 0, model.size());
        List<Peer> executors = peers.stream().distinct().toList();
        return executors.size() == 1
                ? new LocalExchange(active)
                : new BlockExchange(
                        executors,
                        executors.indexOf(me),
                        active,
                        new BlockMail(name, plan.stepTimeout(), context::cancelled));
    }

    private Result steps(NativeThread thread, Group group, int index, List<Example> examples, StageContext context)
            throws Exception {
        Recipe recipe = plan.recipe();
        boolean frozen = recipe.frozen(plan.epoch());
        List<Replica> replicas = replicas(thread, group, index, examples, context.partition());
        Schedule schedule = recipe.schedule(plan.epoch(), plan.steps());
        int first = recipe.firstStep(plan.epoch(), plan.steps());
        Sgd sgd = new Sgd(new ResNet(recipe.depth(), recipe.classes()), recipe.headFactor(), recipe.weightDecay());
        List<Double> losses = new ArrayList<>();
        StepTimes.Clock clock = new StepTimes.Clock(plan.steps());
        group.await(context::cancelled);
        long begun = System.nanoTime();
        long reported = begun;
        for (int step = 0; step < plan.steps(); step++) {
            compute(group, index, replicas, step, clock);
            group.await(context::cancelled);
            clock.lap(step, StepTimes.Clock.WAIT);
            double loss = reduce(group, index, step, context);
            losses.add(loss);
            if (!Double.isFinite(loss)) {
                break;
            }
            update(group, index, sgd, schedule, first + step, context);
            clock.lap(step, StepTimes.Clock.EXCHANGE);
            long now = System.nanoTime();
            if (context.partition() == 0 && (now - reported > REPORT_NANOS || step + 1 == plan.steps())) {
                reported = now;
                LiveChannel.send(new Progress(
                        plan.epoch(), step + 1, plan.steps(), loss, schedule.rate(first + step), (now - begun) / 1e9));
            }
        }
        return result(group, index, replicas, losses, clock, frozen);
    }

    private List<Replica> replicas(NativeThread thread, Group group, int index, List<Example> examples, int partition) {
        Recipe recipe = plan.recipe();
        boolean frozen = recipe.frozen(plan.epoch());
        float[] statistics = snapshot.value().model().statistics();
        int perTask = plan.shards().perPartition();
        List<Replica> replicas = new ArrayList<>();
        for (int i = 0; i < perTask; i++) {
            // A frozen body keeps the weights that it was compiled with: it is compiled anew in each epoch.
            Object key =
                    List.of(recipe, System.identityHashCode(group.weights), frozen ? plan.run() + plan.epoch() : "");
            Replica r = thread.keep(
                    "replica " + i, key, Replica.class, () -> new Replica(recipe, frozen, group.weights, statistics));
            if (!frozen) {
                r.network().setStatistics(statistics);
            }
            int shard = partition * perTask + i;
            r.begin(
                    plan.epoch(),
                    examples.stream()
                            .filter(e -> plan.shards().replica(e.rank()) == shard)
                            .toList());
            group.gradients[index * perTask + i] = r.gradient();
            replicas.add(r);
        }
        return replicas;
    }

    private void compute(Group group, int index, List<Replica> replicas, int step, StepTimes.Clock clock) {
        for (int i = 0; i < replicas.size(); i++) {
            replicas.get(i).assemble(step);
            clock.lap(step, StepTimes.Clock.DATA);
            group.losses[index * replicas.size() + i] = replicas.get(i).compute();
            clock.lap(step, StepTimes.Clock.COMPUTE);
        }
    }

    /** Sums the gradients, within the process and between executors; returns the step's loss. */
    private double reduce(Group group, int index, int step, StageContext context) throws InterruptedException {
        int tasks = group.gradients.length / plan.shards().perPartition();
        boolean alone = group.exchange.members() == 1;
        Exchange.Slice part = group.exchange.active().part(index, tasks);
        TreeSum.sum(group.gradients, part.from(), part.to(), group.sums());
        if (alone) {
            return mean(group.losses);
        }
        group.await(context::cancelled);
        if (index == 0) {
            group.allLosses = group.exchange.reduce(step, group.sums(), group.losses);
        }
        group.await(context::cancelled);
        return mean(group.allLosses);
    }

    private void update(Group group, int index, Sgd sgd, Schedule schedule, int step, StageContext context)
            throws InterruptedException {
        int tasks = group.gradients.length / plan.shards().perPartition();
        Exchange.Slice mine = group.exchange.mine();
        Exchange.Slice part = mine.part(index, tasks);
        sgd.update(
                group.weights,
                group.sums(),
                group.velocity,
                mine.from(),
                part.from(),
                part.to(),
                schedule.rate(step),
                schedule.momentum(step),
                1.0 / plan.recipe().replicas());
        group.await(context::cancelled);
        if (group.exchange.members() > 1) {
            if (index == 0) {
                group.exchange.gather(step, group.weights);
            }
            group.await(context::cancelled);
        }
    }

    private Result result(
            Group group,
            int index,
            List<Replica> replicas,
            List<Double> losses,
            StepTimes.Clock clock,
            boolean frozen) {
        List<float[]> statistics = new ArrayList<>();
        if (!frozen) {
            for (Replica r : replicas) {
                float[] s = new float[snapshot.value().model().statistics().length];
                r.network().statistics(s);
                statistics.add(s);
            }
        }
        Exchange.Slice slice = index == 0 ? group.exchange.mine() : null;
        float[] weights = slice == null ? null : java.util.Arrays.copyOfRange(group.weights, slice.from(), slice.to());
        return new Result(
                losses,
                statistics,
                slice,
                weights,
                slice == null ? null : group.velocity,
                clock.medians(losses.size()),
                group.exchange.bytesSent(),
                ProcessMemory.peakResident());
    }

    private static double mean(double[] losses) {
        double sum = 0;
        for (double loss : losses) {
            sum += loss;
        }
        return sum / losses.length;
    }
}
