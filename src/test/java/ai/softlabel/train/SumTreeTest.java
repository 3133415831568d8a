package ai.softlabel.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.softlabel.spark.Peer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SumTreeTest {
    /** A placement from a text with a letter for each replica, its executor's. */
    static Placement placement(String letters) {
        List<Peer> tasks = letters.chars()
                .mapToObj(c -> new Peer(String.valueOf((char) c), "host", 1))
                .toList();
        return Placement.of(tasks, 1);
    }

    @ParameterizedTest
    @CsvSource({
        "AABB,1 1",
        "ABAB,2 2",
        "AABA,2 1",
        "AAAAAA,1",
        "AAABBB,2 2",
        "AABBAB,2 2",
        "ABABAB,3 3",
        "AAAAAB,2 1",
        "AABBCC,1 1 1",
        "AAAABBBB,1 1",
        "AABBCCDD,1 1 1 1",
        "AAABBBCCC,2 2 2",
        "ABCDEFG,1 1 1 1 1 1 1"
    })
    void whatAnExecutorCanSumAlone(String letters, String counts) {
        Placement p = placement(letters);
        List<String> found = new ArrayList<>();
        for (int e = 0; e < p.executors().size(); e++) {
            found.add(String.valueOf(p.pieces(e).size()));
        }
        assertEquals(counts, String.join(" ", found));
    }

    @Test
    void tasksOfSeveralReplicas() {
        List<Peer> tasks = List.of(new Peer("a", "h", 1), new Peer("b", "h", 2), new Peer("a", "h", 1));
        Placement p = Placement.of(tasks, 2);
        assertArrayEquals(new int[] {0, 1, 4, 5}, p.replicasOf(0));
        assertEquals(List.of(new SumTree.Piece(0, 2), new SumTree.Piece(4, 2)), p.pieces(0));
        assertEquals(List.of(new SumTree.Piece(2, 2)), p.pieces(1));
    }

    /** Any placement of any number of replicas, joined along the tree, gives the bits of one executor. */
    @Test
    void noPlacementChangesABit() {
        SplittableRandom r = new SplittableRandom(3);
        for (int round = 0; round < 400; round++) {
            int replicas = 1 + r.nextInt(20);
            int executors = 1 + r.nextInt(6);
            StringBuilder letters = new StringBuilder();
            float[][] all = new float[replicas][8];
            for (float[] a : all) {
                letters.append((char) ('A' + r.nextInt(executors)));
                for (int i = 0; i < a.length; i++) {
                    a[i] = (float) ((r.nextDouble() - 0.5) * Math.exp(10 * r.nextDouble()));
                }
            }
            float[] whole = new float[8];
            TreeSum.sum(all, 0, 8, whole);
            Placement p = placement(letters.toString());
            List<Placement.Part> parts = p.parts();
            List<float[]> sums = new ArrayList<>();
            for (Placement.Part part : parts) {
                float[] sum = new float[8];
                int first = part.piece().first();
                TreeSum.sum(Arrays.copyOfRange(all, first, first + part.piece().count()), 0, 8, sum);
                sums.add(sum);
            }
            for (int[] join :
                    p.tree().joins(parts.stream().map(Placement.Part::piece).toList())) {
                TreeSum.plus(sums.get(join[0]), sums.get(join[1]), 0, 8);
            }
            assertArrayEquals(whole, sums.get(0), letters.toString());
        }
    }
}
