package ai.softlabel.data;

import ai.softlabel.Annotation;
import ai.softlabel.Example;
import ai.softlabel.JobException;
import ai.softlabel.Part;
import ai.softlabel.Picture;
import ai.softlabel.Ranked;
import ai.softlabel.Rejection;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.spark.Cluster;
import ai.softlabel.spark.Dealing;
import ai.softlabel.spark.JobDescription;
import ai.softlabel.spark.TaskCount;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
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
 * Reads, decodes and resizes a part's pictures once, and keeps them in Spark's storage, spread evenly over the
 * replicas: pixels, or the files' bytes ({@link Storing}). Training pictures that are more than the replicas' windows
 * hold lie there in blocks ({@link Blocking}). A picture that can't be decoded is left out and reported; a file system
 * that fails ({@link Retry}) ends the job. Where Spark computes a partition again, as after a lost executor, each
 * picture must be what it was at first: its content, or why it was rejected.
 */
public final class Loader {
    /** The names of its progress begin so; a part's name in small letters follows. */
    public static final String PROGRESS = "decode ";

    private static final int SAMPLED = 16;

    private final JavaSparkContext spark;
    private final Source source;
    private final Preparations preparations;
    private final Storing storing;

    /** Stores as {@link Storing#standard} says. */
    public Loader(JavaSparkContext spark, Source source, Preparation preparation) {
        this(spark, source, Preparations.of(preparation), Storing.standard());
    }

    /** @param preparations decide what is kept */
    public Loader(JavaSparkContext spark, Source source, Preparations preparations, Storing storing) {
        this.spark = spark;
        this.source = source;
        this.preparations = preparations;
        this.storing = storing;
    }

    /**
     * One part in Spark's storage.
     *
     * @param examples the decoded pictures as they can be scored, each partition in rank order:
     *     {@link Shards#partitions} partitions, or one for each block. Training pictures that are stored at a size of
     *     their own are made anew each time, of their stored bytes or else of their files
     * @param stored the same as they are stored, in the same partitions, for training: {@link StoredPicture} decodes
     *     them
     * @param blocking how they lie in blocks, or null
     * @param encoded whether they are stored as their files' bytes
     * @param count how many there are
     * @param even how many there are at least for each replica, times the replicas. Without blocks that is all of them
     *     but a remainder; in blocks, rejected pictures leave gaps, so that replicas have more or fewer by chance
     * @param rejected those that could not be used
     * @param digests name, label, weight unless it is 1, and SHA-256 of the file of each picture used; they stay on the
     *     executors
     */
    public record Loaded(
            JavaRDD<Example> examples,
            JavaRDD<Ranked> stored,
            Blocking blocking,
            boolean encoded,
            int count,
            int even,
            List<Rejection> rejected,
            Digests digests) {}

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
        }
    }

    private Loaded loaded(Part part, List<Entry> inRankOrder, Shards shards) {
        String name = part.name().toLowerCase(java.util.Locale.ROOT);
        Preparations all = preparations;
        Preparation prepared = all.stored(part);
        Source from = source;
        int count = inRankOrder.size();
        long bytes = Storing.pictureBytes(prepared.shortSide());
        // Scoring goes through a part in its order, a batch at a time.
        Blocking blocking = part == Part.TRAIN ? Blocking.of(shards, count, storing.window(bytes)) : null;
        boolean large = Blocking.of(shards, count, storing.window(bytes)) != null;
        boolean encoded = encoded(inRankOrder, bytes);
        JavaRDD<FileRead> files = (blocking == null
                        ? Dealing.parallelize(spark, shards.cut(inRankOrder))
                        : Dealing.parallelize(spark, blocking.cut(inRankOrder), blocking.owners()))
                .flatMap(List::iterator)
                .mapPartitionsWithIndex(
                        (p, entries) -> {
                            TaskCount counted = new TaskCount(PROGRESS + name, p);
                            int[] next = {0};
                            return mapped(entries, e -> {
                                int place = next[0]++;
                                int rank = blocking == null ? shards.rank(p, place) : blocking.rank(p, place);
                                counted.add(1);
                                return decode(
                                        new Picture(e.name(), annotation(e, part), rank, null),
                                        from,
                                        prepared,
                                        encoded);
                            });
                        },
                        true)
                .setName(name + " pictures, " + (encoded ? "encoded" : "decoded"))
                .persist(large ? StorageLevel.MEMORY_AND_DISK_SER() : StorageLevel.MEMORY_AND_DISK());
        int each = Prints.each(count);
        boolean several = count > 0 && inRankOrder.get(0).labels() != null;
        // Beside the pictures, so that nobody reads them again for their digests, and the driver need not have these.
        JavaRDD<PartitionRead> read = files.mapPartitions(
                        it -> List.of(PartitionRead.of(it, each, several)).iterator())
                .setName(name + " pictures, digests")
                .persist(StorageLevel.MEMORY_AND_DISK_SER());
        List<PartitionRead> first;
        try (JobDescription what = JobDescription.of(spark, "decode the " + name + " pictures")) {
            first = read.map(PartitionRead::withoutLines).collect();
        }
        List<Rejection> rejected =
                first.stream().flatMap(r -> r.rejected().stream()).toList();
        Gaps gaps = Gaps.of(first.stream().map(PartitionRead::gaps).toList());
        Broadcast<long[][]> prints =
                spark.broadcast(first.stream().map(PartitionRead::prints).toArray(long[][]::new));
        JavaRDD<FileRead> kept = files.mapPartitionsWithIndex(
                        (p, it) -> new Prints.Compared(it, prints.value()[p], each), true)
                .filter(d -> d.stored() != null);
        if (!rejected.isEmpty() && !large) {
            kept = spread(kept, gaps, shards).setName(name + " pictures").persist(StorageLevel.MEMORY_AND_DISK());
            try (JobDescription what = JobDescription.of(spark, "spread the " + name + " pictures evenly")) {
                kept.count();
            }
            files.unpersist(true);
        }
        JavaRDD<Ranked> stored = kept.map(FileRead::stored);
        int used = count - rejected.size();
        JavaRDD<Digests.Line> lines = read.mapPartitionsWithIndex(
                        (p, it) ->
                                mapped(it, r -> same(r, prints.value()[p], name).used()),
                        true)
                .flatMap(List::iterator);
        return new Loaded(
                all.scoresStored(part)
                        ? stored.map(s -> StoredPicture.example(s, prepared))
                        : kept.map(f -> StoredPicture.scorable(f, all, from)),
                stored,
                blocking,
                encoded,
                used,
                blocking == null ? used : gaps.even(count, shards),
                rejected,
                new Digests(lines, used));
    }

    /** What was read again, as it may be where an executor is lost, is what was read first. */
    private static PartitionRead same(PartitionRead read, long[] prints, String part) {
        if (!Arrays.equals(read.prints(), prints)) {
            throw JobException.input(
                    "expected the %s pictures to be what they were when they were first read, found other content; data must not change during a job: run again",
                    part);
        }
        return read;
    }

    private static <A, B> Iterator<B> mapped(Iterator<A> items, java.util.function.Function<A, B> function) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return items.hasNext();
            }

            @Override
            public B next() {
                return function.apply(items.next());
            }
        };
    }

    /** Whether files' bytes are stored instead of pixels. */
    private boolean encoded(List<Entry> entries, long pictureBytes) {
        if (storing.form() != Storing.Form.AUTO) {
            return storing.form() == Storing.Form.ENCODED;
        }
        if (entries.size() * pictureBytes <= Cluster.freeStorage(spark)) {
            return false;
        }
        long bytes = 0;
        int some = Math.min(SAMPLED, entries.size());
        for (Entry e : entries.subList(0, some)) {
            try {
                bytes += source.read(e.name()).length;
            } catch (IOException | RuntimeException unreadable) {
                // Decoding will say so; as far as this goes it is a picture like the others.
                bytes += pictureBytes;
            }
        }
        return bytes < some * pictureBytes;
    }

    private static Annotation annotation(Entry e, Part part) {
        return new Annotation(e.classes(), e.weight(), e.group(), part);
    }

    private static FileRead decode(Picture p, Source source, Preparation preparation, boolean encoded) {
        try {
            PictureStream.Read read = PictureStream.read(p.name(), source, preparation);
            return FileRead.used(
                    encoded
                            ? new Picture(p.name(), p.annotation(), p.rank(), read.bytes())
                            : new Example(p.name(), p.annotation(), p.rank(), read.pixels()),
                    read.sha256());
        } catch (Undecodable e) {
            return FileRead.rejected(p, e.getMessage());
        }
    }

    /** Closes the gaps that rejected pictures left: new ranks, each picture on its new replica's partition. */
    private JavaRDD<FileRead> spread(JavaRDD<FileRead> pictures, Gaps gaps, Shards shards) {
        Broadcast<Gaps> sent = spark.broadcast(gaps);
        return pictures.mapToPair(e -> new Tuple2<>(sent.value().closed(e.rank()), e))
                .partitionBy(new ByRank(shards))
                .mapPartitions(it -> {
                    List<FileRead> out = new ArrayList<>();
                    it.forEachRemaining(t -> out.add(t._2().at(t._1())));
                    out.sort(Comparator.comparingInt(FileRead::rank));
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
}
