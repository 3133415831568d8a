package ai.softlabel.data;

import ai.softlabel.Rejection;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What became of a partition's files.
 *
 * @param prints hashes over all of them ({@link Prints})
 * @param gaps the ranks of those that are rejected
 * @param used a line of each that is used, which the driver does not get
 */
record PartitionRead(long[] prints, int[] gaps, List<Rejection> rejected, List<Digests.Line> used)
        implements Serializable {
    /**
     * Reads a partition to its end.
     *
     * @param each files that a hash stands for
     * @param several whether pictures may have several labels
     */
    static PartitionRead of(Iterator<FileRead> files, int each, boolean several) {
        Prints prints = new Prints(each);
        List<Integer> gaps = new ArrayList<>();
        List<Rejection> rejected = new ArrayList<>();
        List<Digests.Line> used = new ArrayList<>();
        files.forEachRemaining(d -> {
            prints.add(d);
            if (d.rejection() == null) {
                used.add(Digests.Line.of(d.stored(), d.sha256(), several));
            } else {
                gaps.add(d.rank());
                rejected.add(d.rejection());
            }
        });
        return new PartitionRead(
                prints.toArray(), gaps.stream().mapToInt(Integer::intValue).toArray(), rejected, used);
    }

    /** What the driver learns. */
    PartitionRead withoutLines() {
        return new PartitionRead(prints, gaps, rejected, List.of());
    }
}
