package ai.softlabel.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.Partition;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskContext$;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.scheduler.TaskLocation;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Access to single partitions of a stored RDD, its blocks, from the tasks of another: in any order, and as often as
 * wanted. Spark's storage finds a block in this executor's memory, on its disk, or on another executor; what is nowhere
 * any more is computed again from its lineage, in which no shuffle may be.
 */
public final class BlockAccess<T> {
    private final RDD<T> blocks;
    private final Partition[] partitions;
    private final TaskContext task;

    private BlockAccess(RDD<T> blocks, Partition[] partitions, TaskContext task) {
        this.blocks = blocks;
        this.partitions = partitions;
        this.task = task;
    }

    /** How many blocks the task has. */
    public int count() {
        return partitions.length;
    }

    /**
     * A block's items, by any thread while the task runs. What is not read to its end stays locked until the task ends.
     *
     * @param block from 0, counted within the task's blocks
     */
    public List<T> read(int block) {
        TaskContext before = TaskContext.get();
        // Spark keeps a block from being dropped on behalf of the thread's task.
        TaskContext$.MODULE$.setTaskContext(task);
        try {
            List<T> items = new ArrayList<>();
            Iterator<T> found = CollectionConverters.asJava(blocks.iterator(partitions[block], task));
            found.forEachRemaining(items::add);
            return items;
        } finally {
            TaskContext$.MODULE$.setTaskContext(before);
        }
    }

    /**
     * One item for each task: access to its blocks. A barrier stage refuses an RDD whose ancestors have other numbers
     * of partitions, so the result does not name the blocks as what it depends on; they must have been computed before.
     *
     * @param counts how many blocks each task has; the first task has the first ones
     */
    public static <T> JavaRDD<BlockAccess<T>> grouped(JavaRDD<T> blocks, List<Integer> counts) {
        ClassTag<BlockAccess<T>> tag = ClassTag$.MODULE$.apply(BlockAccess.class);
        return new JavaRDD<>(new Grouped<>(blocks.rdd(), counts, tag), tag);
    }

    private record Group(int index, int first, Partition[] blocks) implements Partition, Serializable {
        @Override
        public boolean equals(Object o) {
            return o instanceof Group g && g.index == index && g.first == first;
        }

        @Override
        public int hashCode() {
            return index;
        }
    }

    private static final class Grouped<T> extends RDD<BlockAccess<T>> {
        private static final long serialVersionUID = 1;
        // Some blocks tell where nearly all of a task's are.
        private static final int ASKED = 32;

        private final RDD<T> blocks;
        private final transient List<Integer> counts;

        Grouped(RDD<T> blocks, List<Integer> counts, ClassTag<BlockAccess<T>> tag) {
            super(
                    blocks.context(),
                    CollectionConverters.asScala(List.<org.apache.spark.Dependency<?>>of())
                            .toSeq(),
                    tag);
            this.blocks = blocks;
            this.counts = counts;
            touch(blocks);
        }

        /** An RDD learns its dependencies when it is first asked, and takes them along to the executors. */
        private static void touch(RDD<?> rdd) {
            CollectionConverters.asJava(rdd.dependencies()).forEach(d -> touch(d.rdd()));
        }

        @Override
        public Partition[] getPartitions() {
            Partition[] all = blocks.partitions();
            Partition[] groups = new Partition[counts.size()];
            int first = 0;
            for (int g = 0; g < groups.length; g++) {
                int end = first + counts.get(g);
                groups[g] = new Group(g, first, java.util.Arrays.copyOfRange(all, first, end));
                first = end;
            }
            return groups;
        }

        /** Where most of the blocks lie. */
        @Override
        public Seq<String> getPreferredLocations(Partition split) {
            Group group = (Group) split;
            Map<String, Integer> found = new TreeMap<>();
            int step = Math.max(1, group.blocks().length / ASKED);
            for (int b = 0; b < group.blocks().length; b += step) {
                for (TaskLocation at :
                        CollectionConverters.asJava(context().getPreferredLocs(blocks, group.first() + b))) {
                    found.merge(at.toString(), 1, Integer::sum);
                }
            }
            List<String> most = found.entrySet().stream()
                    .max(Map.Entry.<String, Integer>comparingByValue()
                            .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
                    .map(e -> List.of(e.getKey()))
                    .orElse(List.of());
            return CollectionConverters.asScala(most).toSeq();
        }

        @Override
        public scala.collection.Iterator<BlockAccess<T>> compute(Partition split, TaskContext task) {
            return CollectionConverters.asScala(List.of(new BlockAccess<>(blocks, ((Group) split).blocks(), task))
                    .iterator());
        }
    }
}
