package ai.softlabel.command.predict;

import ai.softlabel.Rejection;
import ai.softlabel.data.ContentSum;
import ai.softlabel.data.PictureStream;
import java.io.Serializable;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the driver learns of partitions: figures of constant size.
 *
 * @param used pictures that were classified
 * @param rejected pictures that were not
 * @param content the fingerprint of those used
 * @param example one rejection, or null
 * @param abstained pictures without an answer
 */
record PartitionResult(long used, long rejected, ContentSum content, Rejection example, long abstained)
        implements Serializable {
    private static final String PREFIX = "softlabel.";

    static PartitionResult none() {
        return new PartitionResult(0, 0, ContentSum.none(), null, 0);
    }

    static PartitionResult of(PictureStream.Seen seen, long abstained) {
        List<Rejection> rejected = seen.rejected();
        return new PartitionResult(
                seen.used(), rejected.size(), seen.content(), rejected.isEmpty() ? null : rejected.get(0), abstained);
    }

    /** Both; of two examples the one whose path comes first, so that the order does not matter. */
    PartitionResult plus(PartitionResult other) {
        Rejection first = example == null
                ? other.example
                : other.example == null
                        ? example
                        : Comparator.comparing(Rejection::path).compare(example, other.example) <= 0
                                ? example
                                : other.example;
        return new PartitionResult(
                used + other.used,
                rejected + other.rejected,
                content.plus(other.content),
                first,
                abstained + other.abstained);
    }

    /** For the footer of the partition's file. */
    Map<String, String> notes() {
        Map<String, String> notes = new HashMap<>();
        notes.put(PREFIX + "used", Long.toString(used));
        notes.put(PREFIX + "rejected", Long.toString(rejected));
        notes.put(PREFIX + "content", content.toString());
        notes.put(PREFIX + "abstained", Long.toString(abstained));
        if (example != null) {
            notes.put(PREFIX + "example.path", example.path());
            notes.put(PREFIX + "example.reason", example.reason());
        }
        return notes;
    }

    /**
     * What {@link #notes} wrote.
     *
     * @throws IllegalArgumentException where it is not that
     */
    static PartitionResult of(Map<String, String> notes) {
        String content = notes.get(PREFIX + "content");
        if (content == null) {
            throw new IllegalArgumentException("no notes of softlabel's");
        }
        String path = notes.get(PREFIX + "example.path");
        return new PartitionResult(
                Long.parseLong(notes.get(PREFIX + "used")),
                Long.parseLong(notes.get(PREFIX + "rejected")),
                ContentSum.parse(content),
                path == null ? null : new Rejection(path, notes.get(PREFIX + "example.reason"), true),
                Long.parseLong(notes.getOrDefault(PREFIX + "abstained", "0")));
    }
}
