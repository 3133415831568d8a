package ai.softlabel.data;

import ai.softlabel.Annotation;
import ai.softlabel.Example;
import ai.softlabel.JobException;
import ai.softlabel.Part;
import ai.softlabel.Picture;
import ai.softlabel.Rejection;
import ai.softlabel.Seeds;
import ai.softlabel.Sha256;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.spark.Dealing;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Reads, decodes and resizes a part's pictures once, and keeps them as bytes in Spark's storage, spread evenly over the
 * replicas. A picture that can't be decoded is left out and reported; a file system that fails ({@link Retry}) ends the
 * job. Where Spark computes a partition again, as after a lost executor, each picture must be what it was at first: its
 * content, or why it was rejected.
 */
public final class Loader {
    private final JavaSparkContext spark;
    private final Source source;
    private final int imageSize;

    /**
     * @param imageSize the network's picture size, which decides what is kept: pictures with the short side that
     *     evaluation needs
     */
    public Loader(JavaSparkContext spark, Source source, int imageSize) {
        this.spark = spark;
        this.source = source;
        this.imageSize = imageSize;
    }

    /**
     * One part in Spark's storage.
     *
     * @param examples the pictures, {@link Shards#partitions} partitions, each in rank order
     * @param count how many there are
     * @param rejected those that could not be used
     * @param digests a line for each picture used: name, label, weight unless it is 1, SHA-256 of its file
     */
    public record Loaded(JavaRDD<Example> examples, int count, List<Rejection> rejected, List<String> digests) {}

    /**
     * What became of one file.
     *
     * @param print a hash of all that must be the same when it is read again
     */
    private record Decoded(Example example, String digest, Rejection rejection, long print) implements Serializable {
        static Decoded used(Example example, String sha256) {
            double weight = example.annotation().weight();
            String digest = example.name() + " " + example.label() + (weight == 1 ? "" : " " + weight) + " " + sha256;
            return new Decoded(example, digest, null, Seeds.key(0, "used", digest));
        }

        static Decoded rejected(Picture p, String reason) {
            return new Decoded(
                    null, null, new Rejection(p.name(), reason, true), Seeds.key(0, "rejected", p.name(), reason));
        }

        String name() {
            return example == null ? rejection.path() : example.name();
        }
    }

    /** What the driver learns of one file. */
    private record Outcome(int rank, String digest, Rejection rejection, long print) implements Serializable {}

    /**
     * Loads a part. The pictures are decoded when this returns.
     *
     * @throws JobException where a file system fails for good, or the pictures change while they are read
     */
    public Loaded load(Part part, List<Entry> inRankOrder, Shards shards) {
        try {
            return loaded(part, inRankOrder, shards);
        } catch (Exception e) {
            // Scala throws SparkException, a checked one, without saying so; a task's exception is its cause.
            for (Throwable t = e; t != null; t = t.getCause()) {
                if (t instanceof JobException ours) {
                    throw ours;
                }
            }
            throw e;
        } finally {
            spark.sc().setJobDescription(null);
        }
    }

    private Loaded loaded(Part part, List<Entry> inRankOrder, Shards shards) {
        String name = part.name().toLowerCase(java.util.Locale.ROOT);
        int size = imageSize;
        Source from = source;
        JavaRDD<Decoded> decoded = listed(part, inRankOrder, shards)
                .map(p -> decode(p, from, size))
                .setName(name + " pictures, decoded")
                .persist(StorageLevel.MEMORY_AND_DISK());
        spark.sc().setJobDescription("decode the " + name + " pictures");
        List<Outcome> outcomes = decoded.map(d -> new Outcome(
                        d.example() == null ? -1 : d.example().rank(), d.digest(), d.rejection(), d.print()))
                .collect();
        List<Rejection> rejected =
                outcomes.stream().map(Outcome::rejection).filter(r -> r != null).toList();
        List<Outcome> used = outcomes.stream()
                .filter(o -> o.rejection() == null)
                .sorted(Comparator.comparingInt(Outcome::rank))
                .toList();
        JavaRDD<Example> examples = compared(decoded, outcomes, inRankOrder.size(), shards)
                .filter(d -> d.example() != null)
                .map(Decoded::example);
        if (!rejected.isEmpty()) {
            examples = spread(examples, used, inRankOrder.size(), shards)
                    .setName(name + " pictures")
                    .persist(StorageLevel.MEMORY_AND_DISK());
            spark.sc().setJobDescription("spread the " + name + " pictures evenly");
            examples.count();
            decoded.unpersist(true);
        }
        return new Loaded(
                examples,
                used.size(),
                rejected,
                used.stream().map(Outcome::digest).toList());
    }

    /** The same, each picture held against what it was when the driver first learned of it. */
    private JavaRDD<Decoded> compared(JavaRDD<Decoded> decoded, List<Outcome> first, int count, Shards shards) {
        long[][] prints = new long[shards.partitions()][];
        int from = 0;
        for (int p = 0; p < prints.length; p++) {
            prints[p] = new long[shards.size(p, count)];
            for (int i = 0; i < prints[p].length; i++) {
                prints[p][i] = first.get(from++).print();
            }
        }
        Broadcast<long[][]> sent = spark.broadcast(prints);
        return decoded.mapPartitionsWithIndex((p, it) -> new Compared(it, sent.value()[p]), true);
    }

    /** Goes through a partition, and ends where a picture is not what it was. */
    private static final class Compared implements Iterator<Decoded> {
        private final Iterator<Decoded> pictures;
        private final long[] expected;
        private int at;

        Compared(Iterator<Decoded> pictures, long[] expected) {
            this.pictures = pictures;
            this.expected = expected;
        }

        @Override
        public boolean hasNext() {
            return pictures.hasNext();
        }

        @Override
        public Decoded next() {
            Decoded d = pictures.next();
            if (d.print() != expected[at++]) {
                throw JobException.input(
                        "expected %s to be what it was when it was first read, found %s; data must not change during a job: run again",
                        d.name(),
                        d.rejection() == null
                                ? "other content"
                                : "this: " + d.rejection().reason());
            }
            return d;
        }
    }

    private JavaRDD<Picture> listed(Part part, List<Entry> inRankOrder, Shards shards) {
        List<Picture> listed = new ArrayList<>();
        for (int rank = 0; rank < inRankOrder.size(); rank++) {
            Entry e = inRankOrder.get(rank);
            listed.add(new Picture(e.name(), annotation(e, part), rank, null));
        }
        return Dealing.parallelize(spark, shards.cut(listed)).flatMap(List::iterator);
    }

    private static Annotation annotation(Entry e, Part part) {
        return new Annotation(new int[] {e.label()}, e.weight(), e.group(), part);
    }

    private static Decoded decode(Picture p, Source source, int imageSize) {
        try {
            PictureStream.Read read = PictureStream.read(p.name(), source, imageSize);
            return Decoded.used(new Example(p.name(), p.annotation(), p.rank(), read.pixels()), read.sha256());
        } catch (Undecodable e) {
            return Decoded.rejected(p, e.getMessage());
        }
    }

    /** Closes the gaps that rejected pictures left: new ranks, each picture on its new replica's partition. */
    private JavaRDD<Example> spread(JavaRDD<Example> examples, List<Outcome> used, int count, Shards shards) {
        int[] ranks = new int[count];
        for (int rank = 0; rank < used.size(); rank++) {
            ranks[used.get(rank).rank()] = rank;
        }
        Broadcast<int[]> sent = spark.broadcast(ranks);
        return examples.mapToPair(e -> new Tuple2<>(sent.value()[e.rank()], e))
                .partitionBy(new ByRank(shards))
                .mapPartitions(it -> {
                    List<Example> out = new ArrayList<>();
                    it.forEachRemaining(t -> out.add(t._2().at(t._1())));
                    out.sort(Comparator.comparingInt(Example::rank));
                    return out.iterator();
                });
    }

    private static final class ByRank extends Partitioner {
        private static final long serialVersionUID = 1;
        private final Shards shards;

        ByRank(Shards shards) {
            this.shards = shards;
        }

        @Override
        public int numPartitions() {
            return shards.partitions();
        }

        @Override
        public int getPartition(Object rank) {
            return shards.partition((Integer) rank);
        }
    }

    /** One hash for all pictures used: the SHA-256 of their sorted digests. */
    public static String fingerprint(List<String> digests) {
        return Sha256.of(String.join("\n", digests.stream().sorted().toList()));
    }
}
