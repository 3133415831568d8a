package ai.softlabel.train;

import ai.softlabel.Example;
import ai.softlabel.Ranked;
import ai.softlabel.bigdl.NativeThread;
import ai.softlabel.data.StoredPicture;
import ai.softlabel.score.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The learners of a task's replicas. The native thread keeps what is compiled from stage to stage; they belong to it.
 *
 * @param <T> what is learnt from, as in {@link EpochTask}
 */
final class TaskLearners<T extends Ranked> implements AutoCloseable {
    private static final int AHEAD_BATCHES = 2;

    private final EpochPlan plan;
    private final Group group;
    private final int index;
    private final List<Learner> learners = new ArrayList<>();

    /** @param index the task's place in the group */
    TaskLearners(EpochPlan plan, Group group, int index) {
        this.plan = plan;
        this.group = group;
        this.index = index;
    }

    /**
     * Starts the epoch, or goes on within it.
     *
     * @param partition whose replicas they are
     */
    @SuppressWarnings("unchecked")
    void start(NativeThread thread, Snapshot snapshot, TaskItems<T> items, int partition) {
        Recipe recipe = plan.recipe();
        float[] statistics = snapshot.model().statistics();
        float[] learnt = snapshot.lossState();
        Snapshot.Within within = snapshot.within();
        int batch = snapshot.step() * recipe.optimization().accumulate();
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
                stored,
                s -> StoredPicture.example(
                        s, recipe.hyperparameters().preparations().training()),
                AHEAD_BATCHES * batch,
                wanted);
    }

    /** Computes a step's gradients and losses, which the group then has. */
    void compute(int step, StepTimes.Clock clock) {
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

    /** The running statistics of each; empty where the body is frozen. */
    List<float[]> statistics() {
        return new ArrayList<>(learners.stream()
                .map(Learner::statistics)
                .filter(Objects::nonNull)
                .toList());
    }

    /** What the loss of each gathered; empty where it learns nothing. */
    List<double[]> gathered() {
        return new ArrayList<>(learners.stream()
                .map(Learner::gathered)
                .filter(sums -> sums.length > 0)
                .toList());
    }

    /** What each has of its own within an epoch. */
    List<ReplicaState> states() {
        return new ArrayList<>(learners.stream().map(Learner::state).toList());
    }

    @Override
    public void close() {
        learners.forEach(Learner::finish);
    }
}
