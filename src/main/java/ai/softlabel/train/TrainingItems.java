package ai.softlabel.train;

import ai.softlabel.Ranked;
import ai.softlabel.data.Blocking;
import ai.softlabel.data.Shards;
import ai.softlabel.spark.BlockAccess;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;

/**
 * What is trained on, in Spark's storage.
 *
 * @param rdd pictures as they are stored, or features; {@link Shards#partitions} partitions, or one for each block.
 *     Blocks have been computed
 * @param blocking how they lie in blocks, or null
 * @param encoded whether they are pictures that are still encoded
 */
public record TrainingItems<T extends Ranked>(JavaRDD<T> rdd, Blocking blocking, boolean encoded) {
    /** One item for each task. */
    JavaRDD<TaskItems<T>> tasks(Shards shards) {
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
        return BlockAccess.grouped(rdd, counts)
                .map(access -> new TaskItems<>(replica -> items(access, b, replica), stored));
    }

    private static <T extends Ranked> Items<T> items(BlockAccess<T> access, Blocking b, int replica) {
        int perTask = b.shards().perPartition();
        int first = b.first(replica) - b.first(replica / perTask * perTask);
        return new BlockItems<>(b.blocks(replica), b.perWindow(), b.perBlock(), block -> access.read(first + block));
    }
}
