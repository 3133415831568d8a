package ai.softlabel.train;

import ai.softlabel.Ranked;
import ai.softlabel.data.Blocking;
import ai.softlabel.data.Shards;
import ai.softlabel.spark.BarrierStage;
import ai.softlabel.spark.BlockAccess;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;

/**
 * What is trained on, in Spark's storage.
 *
 * @param rdd pictures as they are stored, or features; {@link Shards#partitions} partitions, or one for each block.
 *     Blocks have been computed
 * @param blocking how they lie in blocks, or null
 * @param encoded whether they are pictures that are still encoded
 * @param replicaBytes what a replica has of them in the heap at a time, reckoned as windows are
 */
public record TrainingItems<T extends Ranked>(JavaRDD<T> rdd, Blocking blocking, boolean encoded, long replicaBytes) {
    /** A stage's input: one item for each task. */
    BarrierStage.Input<TaskItems<T>> input(Shards shards) {
        boolean fewer = blocking == null && shards.partitions() != rdd.getNumPartitions();
        // Computes again what was lost: tasks that read blocks have no shuffle to read from.
        return fewer ? new BarrierStage.Input<>(gathered(shards), rdd) : new BarrierStage.Input<>(tasks(shards), null);
    }

    private JavaRDD<TaskItems<T>> tasks(Shards shards) {
        Blocking b = blocking;
        boolean stored = encoded;
        if (b == null) {
            return rdd.mapPartitions(it -> {
                List<T> all = new ArrayList<>();
                it.forEachRemaining(all::add);
                return List.of(new TaskItems<T>(
                                replica -> Items.of(all.stream()
                                        .filter(t -> shards.replica(t.rank()) == replica)
                                        .toList()),
                                stored))
                        .iterator();
            });
        }
        List<Integer> counts = new ArrayList<>();
        for (int p = 0; p < shards.partitions(); p++) {
            counts.add(b.first((p + 1) * shards.perPartition()) - b.first(p * shards.perPartition()));
        }
        int perTask = shards.perPartition();
        return BlockAccess.grouped(rdd, counts)
                .map(access -> new TaskItems<>(replica -> items(access, b, perTask, replica), stored));
    }

    /** One item for each of fewer tasks than there are partitions, of which each task has several whole ones. */
    private JavaRDD<TaskItems<T>> gathered(Shards shards) {
        int partitions = rdd.getNumPartitions();
        int each = partitions / shards.partitions();
        boolean stored = encoded;
        return BlockAccess.grouped(rdd, Collections.nCopies(shards.partitions(), each))
                .map(access -> new TaskItems<>(
                        replica -> Items.of(access.read(place(replica, shards, partitions)).stream()
                                .filter(t -> shards.replica(t.rank()) == replica)
                                .toList()),
                        stored));
    }

    /** Which of its task's partitions a replica's items lie in, where so many partitions are dealt to fewer tasks. */
    static int place(int replica, Shards shards, int partitions) {
        int perPartition = shards.replicas() / partitions;
        return replica % shards.perPartition() / perPartition;
    }

    private static <T extends Ranked> Items<T> items(BlockAccess<T> access, Blocking b, int perTask, int replica) {
        int first = b.first(replica) - b.first(replica / perTask * perTask);
        return new BlockItems<>(b.blocks(replica), b.perWindow(), b.perBlock(), block -> access.read(first + block));
    }
}
