package ai.softlabel.calibrate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ClustersTest {
    private static final int CLASSES = 12;
    private static final List<Calibrator> MAPS = List.of(new Calibrator.None());

    /** Pictures of classes of which the first half is told apart well, the others badly. */
    private static List<Labelled> drawn(SplittableRandom r, int perClass) {
        List<Labelled> out = new ArrayList<>();
        for (int i = 0; i < perClass * CLASSES; i++) {
            int label = i % CLASSES;
            float[] z = new float[CLASSES];
            for (int c = 0; c < CLASSES; c++) {
                z[c] = (float) (1.2 * r.nextGaussian() + (c != label ? 0 : label < CLASSES / 2 ? 6 : 2));
            }
            out.add(new Labelled(Long.toString(r.nextLong()), z, label));
        }
        return out;
    }

    private static PredictionSets lac(List<Labelled> data) {
        List<SetAnswer> answers = data.stream()
                .map(d -> SetAnswer.of(d, MAPS.get(0).apply(d.logits())))
                .toList();
        List<Calibrator> each = java.util.Collections.nCopies(5, MAPS.get(0));
        return SetsFit.of(answers, each, SetsFit.inMemory(data, each))
                .orElseThrow()
                .methods()
                .get("lac");
    }

    /** Coverage of the classes that are told apart badly, and the mean size over all. */
    private static double[] measured(PredictionSets.Maker maker, List<Labelled> fresh) {
        double covered = 0;
        double hard = 0;
        double size = 0;
        for (Labelled d : fresh) {
            int[] set = maker.of(d.name(), d.logits());
            size += (double) set.length / fresh.size();
            if (d.label() >= CLASSES / 2) {
                hard++;
                covered += Arrays.stream(set).anyMatch(c -> c == d.label()) ? 1 : 0;
            }
        }
        return new double[] {covered / hard, size};
    }

    @Test
    void setsByClusterCoverHardClassesAndAreSmallerThanSetsByClass() {
        SplittableRandom r = new SplittableRandom(5);
        double[] all = new double[2];
        double[] clustered = new double[2];
        double[] byClass = new double[2];
        int runs = 20;
        for (int i = 0; i < runs; i++) {
            PredictionSets sets = lac(drawn(r, 60));
            List<Labelled> fresh = drawn(r, 100);
            add(all, measured(sets.maker(0.95), fresh), runs);
            add(clustered, measured(sets.byCluster(0.95), fresh), runs);
            add(byClass, measured(sets.byClass(0.95), fresh), runs);
        }
        assertTrue(all[0] < 0.92, Arrays.toString(all));
        assertEquals(0.95, clustered[0], 0.015);
        assertTrue(clustered[1] < byClass[1], clustered[1] + " and " + byClass[1]);
    }

    private static void add(double[] to, double[] more, int runs) {
        for (int k = 0; k < to.length; k++) {
            to[k] += more[k] / runs;
        }
    }

    @Test
    void likeClassesLieTogetherAndOneOfFewPicturesInNoGroup() {
        SplittableRandom r = new SplittableRandom(6);
        List<Double> scores = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        for (int c = 0; c < CLASSES; c++) {
            for (int i = 0; i < (c == 4 ? Clusters.enough() - 1 : 30); i++) {
                scores.add(c < CLASSES / 2 ? 0.1 * r.nextDouble() : 0.5 + 0.5 * r.nextDouble());
                labels.add(c);
            }
        }
        int[] found = Clusters.of(
                scores.stream().mapToDouble(d -> d).toArray(),
                labels.stream().mapToInt(l -> l).toArray(),
                CLASSES);
        assertEquals(Clusters.NONE, found[4]);
        for (int a = 0; a < CLASSES / 2; a++) {
            for (int b = CLASSES / 2; b < CLASSES; b++) {
                assertNotEquals(found[a], found[b]);
            }
        }
        assertEquals(19, Clusters.enough());
        // Of few pictures there are no groups, and sets by group are refused.
        assertArrayEquals(new int[0], Clusters.of(new double[] {1, 2}, new int[] {0, 1}, 2));
        PredictionSets none = lac(drawn(r, 10));
        assertThrows(IllegalStateException.class, () -> none.byCluster(0.95));
    }
}
