package ai.softlabel.train;

import ai.softlabel.spark.Peer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * Which executor has which replicas.
 *
 * @param executors in the order of their first replica
 * @param executorOf for each replica its executor's index
 */
record Placement(List<Peer> executors, List<Integer> executorOf) {
    /**
     * A sum that an executor has of some of its replicas.
     *
     * @param owner the executor's index
     * @param number its place among the executor's pieces
     */
    record Part(int owner, int number, SumTree.Piece piece) {}

    /**
     * Where each task runs.
     *
     * @param tasks for each task its executor
     * @param perTask replicas of a task, which are neighbours
     */
    static Placement of(List<Peer> tasks, int perTask) {
        List<Peer> executors = tasks.stream().distinct().toList();
        List<Integer> executorOf = new ArrayList<>();
        for (Peer task : tasks) {
            for (int i = 0; i < perTask; i++) {
                executorOf.add(executors.indexOf(task));
            }
        }
        return new Placement(executors, executorOf);
    }

    int replicas() {
        return executorOf.size();
    }

    SumTree tree() {
        return new SumTree(replicas());
    }

    /** An executor's replicas, in order. */
    int[] replicasOf(int executor) {
        return there(executor).stream().toArray();
    }

    /** What an executor can sum alone. */
    List<SumTree.Piece> pieces(int executor) {
        return tree().pieces(there(executor));
    }

    /** All executors' pieces, by their first replica. */
    List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        for (int e = 0; e < executors.size(); e++) {
            List<SumTree.Piece> own = pieces(e);
            for (int i = 0; i < own.size(); i++) {
                parts.add(new Part(e, i, own.get(i)));
            }
        }
        parts.sort(Comparator.comparingInt(p -> p.piece().first()));
        return parts;
    }

    private BitSet there(int executor) {
        BitSet there = new BitSet();
        for (int r = 0; r < replicas(); r++) {
            there.set(r, executorOf.get(r) == executor);
        }
        return there;
    }
}
