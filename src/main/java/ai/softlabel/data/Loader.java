package ai.softlabel.data;

import ai.softlabel.Example;
import ai.softlabel.Part;
import ai.softlabel.Picture;
import ai.softlabel.Pixels;
import ai.softlabel.Rejection;
import ai.softlabel.Sha256;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.spark.Dealing;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Reads, decodes and resizes a part's pictures once, and keeps them as bytes in Spark's storage, spread evenly over the
 * replicas. A picture that can't be decoded is left out and told of.
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
     * @param digests a line for each picture used: name, label, SHA-256 of its file
     */
    public record Loaded(JavaRDD<Example> examples, int count, List<Rejection> rejected, List<String> digests) {}

    /** A picture with its bytes, or without them and why. */
    private record Fetched(Picture picture, String problem) implements Serializable {}

    /** What became of one file. */
    private record Decoded(Example example, String digest, Rejection rejection) implements Serializable {}

    /** What the driver learns of one file. */
    private record Outcome(String name, int rank, String digest, Rejection rejection) implements Serializable {}

    /** Loads a part. The pictures are decoded when this returns. */
    public Loaded load(Part part, List<Entry> inRankOrder, Shards shards) {
        String name = part.name().toLowerCase(java.util.Locale.ROOT);
        int size = imageSize;
        JavaRDD<Decoded> decoded = encoded(inRankOrder, shards)
                .map(f -> decode(f, size))
                .setName(name + " pictures, decoded")
                .persist(StorageLevel.MEMORY_AND_DISK());
        spark.sc().setJobDescription("decode the " + name + " pictures");
        List<Outcome> outcomes = decoded.map(d -> new Outcome(
                        d.example() == null ? null : d.example().name(),
                        d.example() == null ? -1 : d.example().rank(),
                        d.digest(),
                        d.rejection()))
                .collect();
        List<Rejection> rejected =
                outcomes.stream().map(Outcome::rejection).filter(r -> r != null).toList();
        List<Outcome> used = outcomes.stream()
                .filter(o -> o.name() != null)
                .sorted(Comparator.comparingInt(Outcome::rank))
                .toList();
        JavaRDD<Example> examples = decoded.filter(d -> d.example() != null).map(Decoded::example);
        if (!rejected.isEmpty()) {
            examples =
                    spread(examples, used, shards).setName(name + " pictures").persist(StorageLevel.MEMORY_AND_DISK());
            spark.sc().setJobDescription("spread the " + name + " pictures evenly");
            examples.count();
            decoded.unpersist(true);
        }
        spark.sc().setJobDescription(null);
        return new Loaded(
                examples,
                used.size(),
                rejected,
                used.stream().map(Outcome::digest).toList());
    }

    /** The pictures as they lie in their files. */
    private JavaRDD<Fetched> encoded(List<Entry> inRankOrder, Shards shards) {
        List<Picture> listed = new ArrayList<>();
        for (int rank = 0; rank < inRankOrder.size(); rank++) {
            Entry e = inRankOrder.get(rank);
            listed.add(new Picture(e.name(), e.label(), rank, null));
        }
        Source from = source;
        return Dealing.parallelize(spark, shards.cut(listed))
                .flatMap(List::iterator)
                .map(p -> read(p, from));
    }

    private static Fetched read(Picture p, Source source) {
        try {
            return new Fetched(new Picture(p.name(), p.label(), p.rank(), source.read(p.name())), null);
        } catch (IOException e) {
            // One file that can't be read does not end the job.
            return new Fetched(p, "can't be read: " + e.getMessage());
        }
    }

    private static Decoded decode(Fetched f, int imageSize) {
        Picture p = f.picture();
        if (f.problem() != null) {
            return new Decoded(null, null, new Rejection(p.name(), f.problem(), true));
        }
        try {
            Pixels pixels = Resampler.shortSide(Decoder.decode(p.bytes()), Preprocessing.shortSide(imageSize));
            return new Decoded(
                    new Example(p.name(), p.label(), p.rank(), pixels),
                    p.name() + " " + p.label() + " " + Sha256.of(p.bytes()),
                    null);
        } catch (Undecodable e) {
            return new Decoded(null, null, new Rejection(p.name(), e.getMessage(), true));
        }
    }

    /** Closes the gaps that rejected pictures left: new ranks, each picture on its new replica's partition. */
    private JavaRDD<Example> spread(JavaRDD<Example> examples, List<Outcome> used, Shards shards) {
        Map<String, Integer> ranks = new HashMap<>();
        used.forEach(o -> ranks.put(o.name(), ranks.size()));
        var sent = spark.broadcast(ranks);
        return examples.mapToPair(e -> new Tuple2<>(sent.value().get(e.name()), e))
                .partitionBy(new ByRank(shards))
                .mapPartitions(it -> {
                    List<Example> out = new ArrayList<>();
                    it.forEachRemaining(
                            t -> out.add(new Example(t._2().name(), t._2().label(), t._1(), t._2().pixels())));
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
