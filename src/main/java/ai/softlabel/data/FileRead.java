package ai.softlabel.data;

import ai.softlabel.JobException;
import ai.softlabel.Picture;
import ai.softlabel.Ranked;
import ai.softlabel.Rejection;
import ai.softlabel.Seeds;
import java.io.ByteArrayOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;

/**
 * What became of one file.
 *
 * @param stored the picture, or null where it was rejected
 * @param sha256 of the file, or null where it was rejected
 * @param print a hash of all that must be the same when it is read again
 */
record FileRead(Ranked stored, String sha256, Rejection rejection, long print) implements Serializable {
    static FileRead used(Ranked stored, String sha256) {
        int[] labels = stored.annotation().labels();
        String digest = stored.name() + " " + (labels.length == 1 ? labels[0] : Arrays.toString(labels))
                + Digests.weight(stored.annotation().weight()) + " " + sha256;
        return new FileRead(stored, sha256, null, Seeds.key(0, "used", digest));
    }

    static FileRead rejected(Picture p, String reason) {
        return new FileRead(
                null, null, new Rejection(p.name(), reason, true), Seeds.key(0, "rejected", p.name(), reason));
    }

    String name() {
        return stored == null ? rejection.path() : stored.name();
    }

    /**
     * What the driver learns of a partition's files, in their order.
     *
     * @param prints of each file
     * @param used the hashes of those that are used, 32 bytes each
     * @param gaps the places of those that are rejected
     */
    record Outcome(long[] prints, byte[] used, int[] gaps, List<Rejection> rejected) implements Serializable {
        static Outcome of(Iterator<FileRead> files) {
            List<Long> prints = new ArrayList<>();
            ByteArrayOutputStream used = new ByteArrayOutputStream();
            List<Integer> gaps = new ArrayList<>();
            List<Rejection> rejected = new ArrayList<>();
            files.forEachRemaining(d -> {
                if (d.rejection() == null) {
                    used.writeBytes(HexFormat.of().parseHex(d.sha256()));
                } else {
                    gaps.add(prints.size());
                    rejected.add(d.rejection());
                }
                prints.add(d.print());
            });
            return new Outcome(
                    prints.stream().mapToLong(Long::longValue).toArray(),
                    used.toByteArray(),
                    gaps.stream().mapToInt(Integer::intValue).toArray(),
                    rejected);
        }
    }

    /** Goes through a partition, and ends where a picture is not what it was. */
    static final class Compared implements Iterator<FileRead> {
        private final Iterator<FileRead> pictures;
        private final long[] expected;
        private int at;

        Compared(Iterator<FileRead> pictures, long[] expected) {
            this.pictures = pictures;
            this.expected = expected;
        }

        @Override
        public boolean hasNext() {
            return pictures.hasNext();
        }

        @Override
        public FileRead next() {
            FileRead d = pictures.next();
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
}
