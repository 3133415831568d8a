package ai.softlabel.data;

import ai.softlabel.Annotation;
import ai.softlabel.Example;
import ai.softlabel.JobException;
import ai.softlabel.Part;
import ai.softlabel.Rejection;
import ai.softlabel.Seeds;
import ai.softlabel.spark.TaskCount;
import java.io.Serializable;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Labelled pictures that were read and decoded one after another, in the parts of a split; what is kept of each, in
 * Spark's storage, is its name, label and hash, or why it is not used.
 */
public final class CheckedPictures implements AutoCloseable {
    /** The name of its progress. */
    public static final String PROGRESS = "check";

    private static final int TASKS_PER_SLOT = 4;
    /** Pictures of a task, about, where there are many. */
    private static final int PER_TASK = 10_000;

    private final LabelledNames names;
    private final JavaRDD<Rejection> leftOut;
    private final long leftOutCount;
    private final int partitions;
    private final JavaRDD<Checked> checked;
    private Known first;

    /** @param size the side to which pictures are resized */
    public CheckedPictures(LabelledNames names, Split split, long seed, int size, int slots) {
        SpreadSplit parts = new SpreadSplit(split, seed, names);
        Source source = names.source();
        Preparation preparation = Preparation.full(size);
        Map<String, Integer> labels = ClassOrder.numbers(names.classes());
        this.names = names;
        leftOut = parts.leftOut();
        leftOutCount = split.share() > 0 ? 0 : names.unlisted();
        partitions = (int) Math.max((long) TASKS_PER_SLOT * slots, names.count() / PER_TASK);
        checked = parts.parts().entrySet().stream()
                .map(e -> placed(e.getValue(), e.getKey()))
                .reduce(JavaRDD::union)
                .orElseThrow()
                .mapToPair(p -> new Tuple2<>(p.picture().name(), p))
                .partitionBy(new HashPartitioner(partitions))
                .values()
                .mapPartitionsWithIndex((p, some) -> new Reading(some, labels, source, preparation, p), true)
                .setName("pictures, checked")
                .persist(StorageLevel.MEMORY_AND_DISK_SER());
    }

    private record Placed(Part part, Outcome picture) implements Serializable {}

    private static JavaRDD<Placed> placed(JavaRDD<Outcome> pictures, Part part) {
        return pictures.map(o -> new Placed(part, o));
    }

    /** A picture that can be used. */
    public record Used(String name, int label) implements Serializable {}

    /**
     * What became of a picture.
     *
     * @param line of one that is used, or null
     * @param rejection of one that is not, or null
     */
    private record Checked(Part part, int label, Digests.Line line, Rejection rejection) implements Serializable {
        long print() {
            return line != null
                    ? Seeds.key(0, "used", part, line.text())
                    : Seeds.key(0, "rejected", rejection.path(), rejection.reason());
        }
    }

    /** Reads a partition's pictures. */
    private static final class Reading implements Iterator<Checked> {
        private final Iterator<Placed> pictures;
        private final Map<String, Integer> labels;
        private final Source source;
        private final Preparation preparation;
        private final TaskCount count;

        Reading(
                Iterator<Placed> pictures,
                Map<String, Integer> labels,
                Source source,
                Preparation preparation,
                int partition) {
            this.pictures = pictures;
            this.labels = labels;
            this.source = source;
            this.preparation = preparation;
            this.count = new TaskCount(PROGRESS, partition);
        }

        @Override
        public boolean hasNext() {
            return pictures.hasNext();
        }

        @Override
        public Checked next() {
            Placed placed = pictures.next();
            PackedFile.Row row = placed.picture().row();
            int label = labels.get(row.label());
            Checked checked;
            try {
                PictureStream.Read read = PictureStream.read(row.path(), source, preparation);
                Annotation annotation = new Annotation(new int[] {label}, row.weight(), row.group(), placed.part());
                Example example = new Example(row.path(), annotation, 0, read.pixels());
                checked = new Checked(placed.part(), label, Digests.Line.of(example, read.sha256(), false), null);
            } catch (Undecodable e) {
                Rejection rejection = new Rejection(row.path(), e.getMessage(), true);
                checked = new Checked(placed.part(), label, null, rejection);
            }
            count.add(1);
            if (!pictures.hasNext()) {
                count.end();
            }
            return checked;
        }
    }

    /** What is learnt of all pictures. */
    private static final class Known implements Bag.Sum<Checked, Known> {
        private static final long serialVersionUID = 1;

        private long rejected;
        private long print;
        private Rejection first;

        @Override
        public void add(Checked one) {
            print += one.print();
            if (one.rejection() != null) {
                rejected++;
                first = first(first, one.rejection());
            }
        }

        @Override
        public void plus(Known other) {
            rejected += other.rejected;
            print += other.print;
            first = first(first, other.first);
        }

        private static Rejection first(Rejection a, Rejection b) {
            if (a == null || b == null) {
                return a == null ? b : a;
            }
            return a.path().compareTo(b.path()) <= 0 ? a : b;
        }
    }

    private Known known() {
        return new TaskBag<>(checked).sum(Known::new);
    }

    /** In how many tasks the pictures are read. */
    public int partitions() {
        return partitions;
    }

    /** How many pictures are read. */
    public long listed() {
        return names.count() - leftOutCount;
    }

    /**
     * Reads the pictures. The number of those that can be used by part and label; none where there is no key.
     *
     * @throws JobException of status 3 if they are not as many as were listed
     */
    public Map<Part, Map<Integer, Long>> read() {
        Map<Part, Map<Integer, Long>> counts = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            counts.put(part, new TreeMap<>());
        }
        checked.filter(c -> c.line() != null)
                .mapToPair(c -> new Tuple2<>(new Tuple2<>(c.part().name(), c.label()), 1L))
                .reduceByKey(Long::sum)
                .collect()
                .forEach(t -> counts.get(Part.valueOf(t._1()._1())).put(t._1()._2(), t._2()));
        first = known();
        long used = counts.values().stream()
                .flatMap(of -> of.values().stream())
                .mapToLong(Long::longValue)
                .sum();
        if (used != count()) {
            throw changed("those that were listed first");
        }
        return counts;
    }

    /** How many can be used. */
    public long count() {
        return listed() - first.rejected;
    }

    /** How many files are not used. */
    public long rejected() {
        return names.rejected() + leftOutCount + first.rejected;
    }

    /** How many of these count against the share of pictures that may be rejected. */
    public long counted() {
        return names.counted() + first.rejected;
    }

    /** One that is not used, of those that count where one does; null where there is none. */
    public Rejection example() {
        boolean listed = names.example() != null && names.example().counts();
        return listed || first.first == null ? names.example() : first.first;
    }

    /** All that are not used, in no order. */
    public JavaRDD<Rejection> rejections() {
        return names.unused()
                .union(leftOut)
                .union(checked.filter(c -> c.rejection() != null).map(Checked::rejection));
    }

    /** All that can be used, in no order. */
    public JavaRDD<Used> used() {
        return checked.filter(c -> c.line() != null).map(c -> new Used(c.line().name(), c.label()));
    }

    /** See {@link Digests#fingerprint}. */
    public String fingerprint() {
        JavaRDD<Digests.Line> lines = checked.filter(c -> c.line() != null).map(Checked::line);
        return Digests.fingerprint(List.of(new Digests(lines, Math.toIntExact(count()))));
    }

    /**
     * Holds the pictures against what they were when {@link #read} returned, for Spark may have read some again.
     *
     * @throws JobException of status 3 where they are others
     */
    public void requireSame() {
        if (known().print != first.print) {
            throw changed("what they were when they were first read");
        }
    }

    private static JobException changed(String expected) {
        return JobException.input(
                "expected the pictures to be %s, found others; data must not change during a job: run again", expected);
    }

    /** Frees Spark's storage. */
    @Override
    public void close() {
        checked.unpersist(false);
    }
}
