package ai.softlabel.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.JobException;
import ai.softlabel.Rejection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the driver keeps of a partition: where its pictures' ranks come from, which are gone, what they were. */
class PartitionReadTest {
    private static List<Integer> ranks(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    @Test
    void aPlaceInAPartitionTellsTheRank() {
        for (Shards shards : List.of(new Shards(1, 1), new Shards(4, 2), new Shards(6, 2), new Shards(5, 5))) {
            for (int count : new int[] {0, 1, 7, 240}) {
                List<List<Integer>> cut = shards.cut(ranks(count));
                for (int p = 0; p < cut.size(); p++) {
                    for (int i = 0; i < cut.get(p).size(); i++) {
                        assertEquals(cut.get(p).get(i), shards.rank(p, i));
                    }
                }
                Blocking blocking = new Blocking(shards, count, 3, 2);
                List<List<Integer>> blocks = blocking.cut(ranks(count));
                assertEquals(blocking.blocks(), blocks.size());
                for (int b = 0; b < blocks.size(); b++) {
                    for (int i = 0; i < blocks.get(b).size(); i++) {
                        assertEquals(blocks.get(b).get(i), blocking.rank(b, i));
                    }
                }
            }
        }
    }

    @Test
    void ranksAreClosedOverWhatIsRejected() {
        Gaps gaps = Gaps.of(List.of(new int[] {7, 9}, new int[0], new int[] {0, 4}));
        TreeSet<Integer> left = new TreeSet<>(ranks(12));
        Arrays.stream(gaps.ranks()).forEach(left::remove);
        int next = 0;
        for (int rank : left) {
            assertEquals(next++, gaps.closed(rank));
        }
        // Of 12 pictures, three replicas have 4 each; 7 and 4 were of replica 1, 0 and 9 of replica 0. Of 14 two have
        // 5.
        assertEquals(3 * 2, gaps.even(12, new Shards(3, 1)));
        assertEquals(3 * 3, gaps.even(14, new Shards(3, 1)));
        assertEquals(11, Gaps.of(List.of(new int[] {3})).even(12, new Shards(1, 1)));
    }

    private static List<FileRead> files(int count, int changed) {
        return IntStream.range(0, count)
                .mapToObj(i -> new FileRead(
                        null, null, new Rejection("p" + i, "reason", true), i, i == changed ? -1 : 100 + i))
                .toList();
    }

    private static int compared(long[] expected, int each, List<FileRead> files) {
        Iterator<FileRead> compared = new Prints.Compared(files.iterator(), expected, each);
        List<FileRead> out = new ArrayList<>();
        compared.forEachRemaining(out::add);
        return out.size();
    }

    @Test
    void whatIsReadAgainIsHeldAgainstAHashOfSoManyFiles() {
        for (int each : new int[] {1, 3, 8, 100}) {
            long[] prints =
                    PartitionRead.of(files(8, -1).iterator(), each, false).prints();
            assertEquals((8 + each - 1) / each, prints.length);
            assertEquals(8, compared(prints, each, files(8, -1)));
            for (int changed = 0; changed < 8; changed++) {
                List<FileRead> other = files(8, changed);
                JobException e = assertThrows(JobException.class, () -> compared(prints, each, other));
                int first = changed / each * each;
                int last = Math.min(8, first + each) - 1;
                String named = first == last
                        ? "expected p" + changed + " to be"
                        : "expected the " + (last - first + 1) + " pictures from p" + first + " to p" + last + " to be";
                assertTrue(e.getMessage().startsWith(named), e.getMessage());
            }
            // The same files in another order are others.
            List<FileRead> turned = new ArrayList<>(files(8, -1));
            java.util.Collections.swap(turned, 0, 1);
            assertThrows(JobException.class, () -> compared(prints, each, turned));
        }
        assertEquals(0, PartitionRead.of(files(0, -1).iterator(), 3, false).prints().length);
        assertEquals(1, Prints.each(Prints.MOST));
        assertEquals(2, Prints.each(Prints.MOST + 1));
        assertEquals(2048, Prints.each(Integer.MAX_VALUE));
        assertEquals(1, Prints.each(0));
    }
}
