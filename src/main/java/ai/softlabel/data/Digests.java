package ai.softlabel.data;

import ai.softlabel.Ranked;
import ai.softlabel.Sha256;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.spark.TaskCount;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/** The names, labels and content hashes of pictures that are used, on the executors, and the one hash over all. */
public final class Digests {
    /** The name of the progress of {@link #fingerprint}, in pictures. */
    public static final String PROGRESS = "fingerprint";

    /** Lines that the driver has in memory at a time, about. */
    private static final int LINES = 100_000;

    private static final int TASKS_PER_SLOT = 4;

    private final JavaRDD<Line> lines;
    private final int count;

    /**
     * @param lines of the pictures used, in Spark's storage
     * @param count how many there are
     */
    Digests(JavaRDD<Line> lines, int count) {
        this.lines = lines;
        this.count = count;
    }

    /**
     * A picture's line.
     *
     * @param label as the line has it, with the weight where it is not 1
     */
    record Line(String name, String label, String sha256) implements Serializable {
        /** @param several whether pictures may have several labels: then one is written as a list too */
        static Line of(Ranked picture, String sha256, boolean several) {
            int[] labels = picture.annotation().labels();
            return new Line(
                    picture.name(),
                    (several ? Arrays.toString(labels) : Integer.toString(labels[0]))
                            + weight(picture.annotation().weight()),
                    sha256);
        }

        String text() {
            return name + " " + label + " " + sha256;
        }
    }

    /** What a line says of a weight: nothing where it is 1. */
    private static String weight(double weight) {
        return weight == 1 ? "" : " " + weight;
    }

    /** The SHA-256 of each picture's file in hexadecimal, by name, on the driver. */
    public Map<String, String> byName() {
        return new HashMap<>(
                lines.mapToPair(l -> new Tuple2<>(l.name(), l.sha256())).collectAsMap());
    }

    /**
     * One hash for all pictures used: the SHA-256 of their lines "name label sha256" ("name label weight sha256" where
     * the weight is not 1), sorted and joined by line feeds. They are sorted on the executors and pass through the
     * driver, which never has all of them.
     */
    public static String fingerprint(List<Digests> parts) {
        long count = parts.stream().mapToLong(d -> d.count).sum();
        JavaRDD<String> all = parts.stream()
                .map(d -> d.lines.map(Line::text))
                .reduce(JavaRDD::union)
                .orElse(null);
        if (count == 0) {
            return hash(List.<String>of().iterator());
        }
        int most = TASKS_PER_SLOT
                * JavaSparkContext.fromSparkContext(all.context()).defaultParallelism();
        if (all.getNumPartitions() > most) {
            all = all.coalesce(most);
        }
        return hash(all.sortBy(line -> line, true, (int) (count / LINES) + 1).toLocalIterator());
    }

    /** The same over the names and classes of a listing. */
    public static String of(Listing listing) {
        return hash(listing.entries().stream()
                .sorted(byText(listing))
                .map(e -> text(listing, e))
                .iterator());
    }

    private static String text(Listing listing, Entry e) {
        return e.name() + " " + listing.labelOf(e);
    }

    /** Most names differ before either ends, and then the rest of the texts need not be made. */
    private static Comparator<Entry> byText(Listing listing) {
        return (a, b) -> {
            int n = Math.min(a.name().length(), b.name().length());
            for (int i = 0; i < n; i++) {
                if (a.name().charAt(i) != b.name().charAt(i)) {
                    return a.name().charAt(i) - b.name().charAt(i);
                }
            }
            return text(listing, a).compareTo(text(listing, b));
        };
    }

    private static String hash(Iterator<String> sorted) {
        MessageDigest sha = Sha256.digest();
        TaskCount hashed = TaskCount.onDriver(PROGRESS);
        boolean first = true;
        while (sorted.hasNext()) {
            if (!first) {
                sha.update((byte) '\n');
            }
            first = false;
            sha.update(sorted.next().getBytes(StandardCharsets.UTF_8));
            hashed.add(1);
        }
        return Sha256.end(sha);
    }
}
