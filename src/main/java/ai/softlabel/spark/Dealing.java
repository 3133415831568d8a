package ai.softlabel.spark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.BlockManagerId;
import scala.Tuple2;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Which executor gets which partitions. Spark deals them one by one, so that no executor has neighbours; whoever sums
 * along a binary tree over the partitions wants blocks of it, aligned and as large as can be, on one executor. Spark
 * keeps to such a wish as long as the executor has a free slot, and to where a partition is stored ever after.
 */
public final class Dealing {
    private Dealing() {}

    /** Items as partitions of one each, which lie in blocks on the executors there are. */
    public static <T> JavaRDD<T> parallelize(JavaSparkContext spark, List<T> items) {
        return parallelize(spark, items, IntStream.range(0, items.size()).toArray());
    }

    /**
     * The same for items of which several belong together: they lie where one partition for each group would.
     *
     * @param groups each item's group, ascending from 0
     */
    public static <T> JavaRDD<T> parallelize(JavaSparkContext spark, List<T> items, int[] groups) {
        List<BlockManagerId> executors = executors(spark);
        if (executors.size() < 2) {
            return spark.parallelize(items, items.size());
        }
        int count = groups[groups.length - 1] + 1;
        int[] dealt = deal(count, even(count, executors.size()));
        List<Tuple2<T, Seq<String>>> wishes = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            BlockManagerId at = executors.get(dealt[groups[i]]);
            // Spark's own form of "in this executor's memory".
            List<String> wish = List.of("executor_" + at.host() + "_" + at.executorId());
            wishes.add(new Tuple2<>(
                    items.get(i), CollectionConverters.asScala(wish).toSeq()));
        }
        ClassTag<T> tag = ClassTag$.MODULE$.apply(Object.class);
        return new JavaRDD<>(
                spark.sc().makeRDD(CollectionConverters.asScala(wishes).toSeq(), tag), tag);
    }

    /** The executors, those of a host next to each other. */
    private static List<BlockManagerId> executors(JavaSparkContext spark) {
        return CollectionConverters.asJava(spark.env().blockManager().master().getMemoryStatus()).keySet().stream()
                .filter(id -> !id.isDriver())
                .sorted(Comparator.comparing(BlockManagerId::host)
                        .thenComparing(id -> id.executorId().length())
                        .thenComparing(BlockManagerId::executorId))
                .toList();
    }

    private static int[] even(int partitions, int executors) {
        int[] counts = new int[executors];
        for (int e = 0; e < executors; e++) {
            counts[e] = (e + 1) * partitions / executors - e * partitions / executors;
        }
        return counts;
    }

    /** A block of neighbouring partitions, its size a power of two and its first a multiple of it. */
    private record Block(int size, int at) {}

    /**
     * Deals partitions in aligned blocks of powers of two.
     *
     * @param partitions how many there are
     * @param counts how many each executor gets, together all of them
     * @return for each partition the executor's index
     */
    static int[] deal(int partitions, int[] counts) {
        int[] dealt = new int[partitions];
        List<Block> free = new ArrayList<>();
        for (int at = 0; at < partitions; at += free.get(free.size() - 1).size()) {
            free.add(new Block(Integer.highestOneBit(partitions - at), at));
        }
        // Largest first: then no free block is ever cut so that the next does not fit.
        for (int size = Integer.highestOneBit(Math.max(1, partitions)); size > 0; size /= 2) {
            for (int e = 0; e < counts.length; e++) {
                // A count has each power of two once or not at all.
                int blocks = counts[e] / size % 2;
                for (int b = 0; b < blocks; b++) {
                    Block block = taken(free, size);
                    Arrays.fill(dealt, block.at(), block.at() + size, e);
                }
            }
        }
        return dealt;
    }

    private static Block taken(List<Block> free, int size) {
        Block best = free.stream()
                .filter(b -> b.size() >= size)
                .min(Comparator.comparingInt(Block::at))
                .orElseThrow();
        free.remove(best);
        for (int half = best.size() / 2; half >= size; half /= 2) {
            free.add(new Block(half, best.at() + half));
        }
        return new Block(size, best.at());
    }
}
