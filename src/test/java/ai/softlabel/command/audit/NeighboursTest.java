package ai.softlabel.command.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.command.audit.Neighbours.Near;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NeighboursTest {
    /** Positive vectors around a common mean, as features are; each even one has a close copy after it. */
    private static float[][] vectors(int count) {
        Random r = new Random(3);
        float[][] out = new float[count][64];
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < 64; j++) {
                out[i][j] = i % 2 == 1
                        ? (float) (out[i - 1][j] * (1 + 0.02 * r.nextGaussian()))
                        : (float) (2 + Math.abs(r.nextGaussian()));
            }
        }
        return out;
    }

    private static double cosine(float[] a, float[] b) {
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            ab += (double) a[i] * b[i];
            aa += (double) a[i] * a[i];
            bb += (double) b[i] * b[i];
        }
        return ab / Math.sqrt(aa * bb);
    }

    @Test
    void fewAreCompared() {
        float[][] v = vectors(300);
        List<List<Near>> found = Neighbours.of(vectors(300), 10);
        for (int i = 0; i < v.length; i++) {
            List<Near> near = found.get(i);
            assertEquals(10, near.size());
            assertEquals(i ^ 1, near.get(0).other());
            double tenth = near.get(9).distance();
            int nearer = 0;
            for (int j = 0; j < v.length; j++) {
                nearer += j != i && 1 - cosine(v[i], v[j]) < tenth - 1e-6 ? 1 : 0;
            }
            assertEquals(9, nearer);
        }
        assertEquals(1, Neighbours.of(vectors(2), 10).get(0).size());
    }

    /** Of many, close copies are still found. */
    @Test
    void ofManyThoseInABucketAreCompared() {
        int count = 4000;
        List<List<Near>> found = Neighbours.of(vectors(count), 3, 0);
        int copies = 0;
        for (int i = 0; i < count; i++) {
            int at = i;
            copies += found.get(i).stream().anyMatch(n -> n.other() == (at ^ 1)) ? 1 : 0;
        }
        assertTrue(copies >= 0.98 * count, copies + " of " + count);
    }
}
