package ai.softlabel.command.predict;

import ai.softlabel.JobException;
import ai.softlabel.Seeds;
import ai.softlabel.data.Names;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/**
 * Pictures in the order of their names, on the executors. The driver has a number for each partition, and while they
 * are sorted a sample of them, some 60 of each {@value #PER_RANGE}.
 */
final class OrderedNames {
    private static final int PER_RANGE = 100_000;

    private final int count;
    private final JavaRDD<String> ordered;

    OrderedNames(Names names) {
        this(names, ranges(names.count()));
    }

    /** @param ranges into how many ranges the names are cut to be sorted, about */
    OrderedNames(Names names, int ranges) {
        count = Math.toIntExact(names.count());
        ordered = names.pictures().sortBy(name -> name, true, ranges);
    }

    /** Into how many ranges so many lines are cut to be sorted. */
    static int ranges(long count) {
        return (int) (count / PER_RANGE) + 1;
    }

    int count() {
        return count;
    }

    /** See {@link PredictPlan#hash}: range by range, each going on from the hash of those before it. */
    String hash() {
        String hash = "";
        for (int range = 0; range < ordered.getNumPartitions(); range++) {
            String before = hash;
            hash = ordered.mapPartitions(
                            names -> List.of(PredictPlan.hash(before, names)).iterator())
                    .collectPartitions(new int[] {range})[0]
                    .get(0);
        }
        return hash;
    }

    /**
     * The plan's partitions, one in each partition. Where a lost executor's names are listed again, they are held
     * against those that were listed first.
     */
    JavaRDD<PredictTask.Slice> slices(PredictPlan plan) {
        JavaRDD<PredictTask.Slice> slices = ordered.zipWithIndex()
                .mapToPair(t -> new Tuple2<>(t._2(), t._1()))
                .repartitionAndSortWithinPartitions(new BySlice(plan))
                .mapPartitionsWithIndex(
                        (p, names) -> List.of(plan.slice(p, list(names))).iterator(), true);
        long[] prints = slices.map(OrderedNames::print).collect().stream()
                .mapToLong(Long::longValue)
                .toArray();
        return slices.map(slice -> {
            if (print(slice) != prints[slice.partition()]) {
                throw JobException.input(
                        "expected the pictures to be those that were listed first, found others; data must not change during a job: run again");
            }
            return slice;
        });
    }

    private static List<String> list(Iterator<Tuple2<Long, String>> names) {
        List<String> list = new ArrayList<>();
        names.forEachRemaining(t -> list.add(t._2()));
        return list;
    }

    private static long print(PredictTask.Slice slice) {
        long hash = 0;
        for (String name : slice.names()) {
            hash = Seeds.key(hash, "names", name);
        }
        return hash;
    }

    /** By a picture's place among all. */
    private static final class BySlice extends Partitioner {
        private static final long serialVersionUID = 1;

        private final int perPartition;
        private final int partitions;

        BySlice(PredictPlan plan) {
            perPartition = plan.perPartition();
            partitions = plan.partitions();
        }

        @Override
        public int numPartitions() {
            return partitions;
        }

        @Override
        public int getPartition(Object place) {
            return (int) ((Long) place / perPartition);
        }
    }
}
