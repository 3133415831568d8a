package ai.softlabel.data;

import ai.softlabel.JobException;
import ai.softlabel.Seeds;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Hashes over the files of a partition as they were when they were first read, by which a file that is read again is
 * held against itself. The driver keeps them, so one hash stands for so many files that a part has a bounded number of
 * hashes; of fewer files each has its own, and a message names it.
 */
final class Prints {
    /** Files of a part that have a hash each. */
    static final int MOST = 1 << 20;

    private final int each;
    private final List<Long> all = new ArrayList<>();
    private long hash;
    private int files;

    /** @param each how many files a hash stands for, see {@link #each} */
    Prints(int each) {
        this.each = each;
    }

    /** How many files a hash stands for where a part has so many. */
    static int each(int count) {
        return Math.max(1, (int) ((count + (long) MOST - 1) / MOST));
    }

    void add(FileRead file) {
        hash = with(hash, file);
        files++;
        if (files == each) {
            end();
        }
    }

    /** The hash of one file more. */
    private static long with(long hash, FileRead file) {
        return Seeds.key(hash, "files", file.print());
    }

    private void end() {
        all.add(hash);
        hash = 0;
        files = 0;
    }

    /** The hashes of the files so far. */
    long[] toArray() {
        if (files > 0) {
            end();
        }
        return all.stream().mapToLong(Long::longValue).toArray();
    }

    /** Goes through a partition, and ends where files are not what they were. */
    static final class Compared implements Iterator<FileRead> {
        private final Iterator<FileRead> pictures;
        private final long[] expected;
        private final int each;
        private String first;
        private long hash;
        private int files;
        private int at;

        /** @param expected what {@link #toArray} gave when the partition was first read */
        Compared(Iterator<FileRead> pictures, long[] expected, int each) {
            this.pictures = pictures;
            this.expected = expected;
            this.each = each;
        }

        @Override
        public boolean hasNext() {
            return pictures.hasNext();
        }

        @Override
        public FileRead next() {
            FileRead d = pictures.next();
            first = files == 0 ? d.name() : first;
            hash = with(hash, d);
            files++;
            if (files == each || !pictures.hasNext()) {
                if (hash != expected[at++]) {
                    throw other(d);
                }
                hash = 0;
                files = 0;
            }
            return d;
        }

        private JobException other(FileRead last) {
            if (files > 1) {
                return JobException.input(
                        "expected the %d pictures from %s to %s to be what they were when they were first read, found other content in at least one; data must not change during a job: run again",
                        files, first, last.name());
            }
            return JobException.input(
                    "expected %s to be what it was when it was first read, found %s; data must not change during a job: run again",
                    last.name(),
                    last.rejection() == null
                            ? "other content"
                            : "this: " + last.rejection().reason());
        }
    }
}
