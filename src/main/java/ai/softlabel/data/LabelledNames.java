package ai.softlabel.data;

import ai.softlabel.Rejection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/**
 * Labelled pictures whose names are on the executors, as {@link Names} are. The driver learns the folders, the classes
 * and how many pictures there are, and of a packed set the files that were not packed; Spark's storage has the names
 * until this is closed.
 */
public final class LabelledNames implements AutoCloseable {
    /** Names that the driver has in memory at a time where they pass through it, about. */
    private static final int PER_RANGE = 100_000;

    private final Labelling found;
    private final JavaRDD<Outcome> outcomes;
    private final Outcomes counts;
    private final TaskLister lister;

    /**
     * @param counts of {@code found}
     * @param lister frees what it holds when this is closed
     */
    LabelledNames(Labelling found, Outcomes counts, TaskLister lister) {
        this.found = found;
        this.outcomes = ((TaskBag<Outcome>) found.outcomes()).rdd();
        this.counts = counts;
        this.lister = lister;
    }

    /** Into how many ranges so many are cut to be sorted, where they pass through the driver range by range. */
    public static int ranges(long count) {
        return (int) (count / PER_RANGE) + 1;
    }

    /** The classes' names, by label. */
    public List<String> classes() {
        return found.classes();
    }

    /** See {@link Listing#species}. */
    public boolean species() {
        return found.species();
    }

    /** Reads the pictures, on any executor. */
    public Source source() {
        return found.source();
    }

    /** How many pictures there are. */
    public long count() {
        return counts.used();
    }

    /** How many files are not used. */
    public long rejected() {
        return counts.rejected();
    }

    /** How many of these count against the share of pictures that may be rejected. */
    public long counted() {
        return counts.counted();
    }

    /** A file that is not used, the first of those that count where one does; null where there is none. */
    public Rejection example() {
        return counts.example();
    }

    /** Whether the data's own lists or folders put pictures into parts. */
    public boolean lists() {
        return counts.unlisted() < counts.used();
    }

    /** How many pictures they put into none. */
    public long unlisted() {
        return counts.unlisted();
    }

    /** Whether pictures are in groups. */
    public boolean groups() {
        return counts.groups();
    }

    Order order() {
        return found.order();
    }

    JavaRDD<Outcome> used() {
        return outcomes.filter(Outcome::used);
    }

    JavaRDD<Rejection> unused() {
        return outcomes.filter(o -> !o.used()).map(Outcome::rejection);
    }

    /**
     * The sum of {@link PackedFile.Row#print} over the pictures, by which those that are listed again are held against
     * these.
     */
    public long print() {
        return counts.print();
    }

    /** The pictures dealt to the files of a packed set: a partition has a file's, in the listing's order. */
    public JavaRDD<PackedFile.Row> files(int files) {
        return used().mapToPair(o -> new Tuple2<>(o, 0))
                .repartitionAndSortWithinPartitions(new ByFile(files), found.order())
                .map(t -> t._1().row());
    }

    /** The files that are not used, in the listing's order. They pass through the driver, which never has all. */
    public Iterator<Rejection> rejections() {
        if (rejected() == 0) {
            return Collections.emptyIterator();
        }
        JavaPairRDD<Outcome, Integer> rejected = outcomes.filter(o -> !o.used()).mapToPair(o -> new Tuple2<>(o, 0));
        return rejected.sortByKey(found.order(), true, ranges(rejected()))
                .map(t -> t._1().rejection())
                .toLocalIterator();
    }

    /** Frees Spark's storage. */
    @Override
    public void close() {
        lister.close();
    }

    /** By a hash of the picture's name. */
    private static final class ByFile extends Partitioner {
        private static final long serialVersionUID = 1;

        private final int files;

        ByFile(int files) {
            this.files = files;
        }

        @Override
        public int numPartitions() {
            return files;
        }

        @Override
        public int getPartition(Object outcome) {
            return PackedFile.file(((Outcome) outcome).name(), files);
        }
    }
}
