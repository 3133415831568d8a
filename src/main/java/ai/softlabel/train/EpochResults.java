package ai.softlabel.train;

import ai.softlabel.loss.Loss;
import ai.softlabel.loss.LossState;
import ai.softlabel.network.ModelState;
import ai.softlabel.spark.Peer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the tasks of a stage returned, put together on the driver. */
record EpochResults(List<EpochTask.Result> results) {
    /** The loss of each step, which is the same in all tasks. */
    List<Double> losses() {
        return results.get(0).losses();
    }

    /** The first task's medians. */
    StepTimes times() {
        return results.get(0).times();
    }

    /** Bytes between executors; the first task of each does the sending. */
    long bytesSent() {
        return results.stream()
                .filter(r -> r.slice() != null)
                .mapToLong(EpochTask.Result::bytesSent)
                .sum();
    }

    /** The executors that are about to end. */
    List<Peer> leaving() {
        return results.stream()
                .filter(EpochTask.Result::leaving)
                .map(EpochTask.Result::executor)
                .toList();
    }

    /** The largest process's peak resident memory in bytes. */
    long peakResident() {
        return results.stream().mapToLong(EpochTask.Result::peakResident).max().orElse(0);
    }

    /**
     * Each executor's share.
     *
     * @param pictures of a task in a step
     */
    List<Trainer.Executor> executors(int pictures) {
        Map<Peer, List<EpochTask.Result>> by = new LinkedHashMap<>();
        results.forEach(
                r -> by.computeIfAbsent(r.executor(), e -> new ArrayList<>()).add(r));
        List<Trainer.Executor> executors = new ArrayList<>();
        by.forEach((peer, own) -> executors.add(new Trainer.Executor(
                peer.executor(),
                peer.host(),
                own.get(0).times(),
                own.stream().mapToDouble(r -> pictures / r.times().total()).sum())));
        return executors;
    }

    /**
     * Where training stands after a stage that began at {@code before}: between two epochs, or within one.
     *
     * @param files where executors wrote states, if they did
     */
    Snapshot after(Snapshot before, Recipe recipe, double seconds, StateFiles files) {
        float[] weights = before.model().weights().clone();
        List<EpochTask.Result> slices =
                results.stream().filter(r -> r.slice() != null).toList();
        StateFiles.Stored stored = stored(slices, files);
        float[][] states = stored == null ? before.states(0, weights.length) : kept(before, recipe);
        for (EpochTask.Result r : slices) {
            Exchange.Slice slice = r.slice();
            System.arraycopy(r.weights(), 0, weights, slice.from(), slice.size());
            float[][] own = r.stored() == null || stored != null ? r.states() : both(r, states.length, files);
            // Of those in files, the last ones.
            int first = states.length - own.length;
            for (int i = 0; i < own.length; i++) {
                System.arraycopy(own[i], 0, states[first + i], slice.from(), slice.size());
            }
        }
        Snapshot.Within within = before.within();
        List<Double> losses = new ArrayList<>(within == null ? List.of() : before.losses());
        losses.addAll(losses());
        boolean frozen = recipe.frozen(before.epochs());
        long steps = before.model().steps() + (frozen ? 0 : losses().size());
        List<ReplicaState> replicas =
                results.stream().flatMap(r -> r.replicas().stream()).toList();
        if (!replicas.isEmpty()) {
            return new Snapshot(
                    new ModelState(weights, before.model().statistics(), steps),
                    states,
                    before.epochs(),
                    List.copyOf(losses),
                    before.seconds() + seconds,
                    before.headPasses(),
                    before.lossState(),
                    new Snapshot.Within(losses.size(), before.secondsWithin() + seconds, replicas),
                    stored);
        }
        float[] running = frozen
                ? before.model().statistics()
                : mean(results.stream().flatMap(r -> r.statistics().stream()).toList());
        return new Snapshot(
                new ModelState(weights, running, steps),
                states,
                before.epochs() + 1,
                List.copyOf(losses),
                before.seconds() + seconds,
                before.headPasses() + (frozen ? recipe.headPasses() : 0),
                learnt(before.lossState(), recipe.loss(), recipe.classes()),
                null,
                stored);
    }

    /** The files of all executors; null where one has given its states to the driver. */
    private static StateFiles.Stored stored(List<EpochTask.Result> slices, StateFiles files) {
        if (slices.isEmpty() || slices.stream().anyMatch(r -> r.stored() == null)) {
            return null;
        }
        return new StateFiles.Stored(
                files, slices.stream().flatMap(r -> r.stored().stream()).toList());
    }

    /** The moving average, and nothing of the other states. */
    private static float[][] kept(Snapshot before, Recipe recipe) {
        float[][] states = new float[before.states().length][0];
        if (recipe.optimization().average() > 0) {
            int last = states.length - 1;
            states[last] = before.states()[last].clone();
        }
        return states;
    }

    /** All states of an executor's slice, of which some are in files. */
    private static float[][] both(EpochTask.Result r, int count, StateFiles files) {
        float[][] all = new StateFiles.Stored(files, r.stored())
                .read(count, r.slice().from(), r.slice().to());
        for (int i = 0; i < r.states().length; i++) {
            all[count - r.states().length + i] = r.states()[i];
        }
        return all;
    }

    /** What the loss knows in the next epoch, of what the replicas gathered, in their order. */
    float[] learnt(float[] before, Loss loss, int classes) {
        List<double[]> gathered =
                results.stream().flatMap(r -> r.gathered().stream()).toList();
        return gathered.isEmpty() ? before : loss.fold(before, LossState.sum(gathered), classes);
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
}
