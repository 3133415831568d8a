package ai.softlabel.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Annotation;
import ai.softlabel.Example;
import ai.softlabel.Part;
import ai.softlabel.Seeds;
import ai.softlabel.loss.LabelSmoothing;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AugmentationTest {
    private static final int SIZE = 8;
    private static final int LENGTH = 3 * SIZE * SIZE;
    private static final int CLASSES = 4;

    /** Two pictures, all 1 and all 5, of classes 0 and 3. */
    private static float[] mixed(Augmentation a, float[] target, long seed) {
        float[] pictures = new float[2 * LENGTH];
        Arrays.fill(pictures, 0, LENGTH, 1f);
        Arrays.fill(pictures, LENGTH, 2 * LENGTH, 5f);
        Mixer mixer = new Mixer(a, SIZE);
        mixer.start(pictures);
        BatchTargets targets = new BatchTargets(LabelSmoothing.of(0.1), 2, CLASSES, true);
        targets.set(0, Annotation.of(0, Part.TRAIN));
        targets.set(1, Annotation.of(3, Part.TRAIN));
        targets.mix(0, 1, mixer.mix(0, 1, pictures, new SplittableRandom(seed)));
        System.arraycopy(targets.values(), 0, target, 0, target.length);
        return pictures;
    }

    @Test
    void mixupBlendsPicturesAndLabelsAlike() {
        double sum = 0;
        for (long seed = 0; seed < 500; seed++) {
            float[] target = new float[2 * CLASSES];
            float[] p = mixed(new Augmentation(0.35, 0.4, 0, 0, 1), target, seed);
            assertEquals(1, target[0] + target[3], 1e-6);
            for (int k = 0; k < LENGTH; k++) {
                assertEquals(target[0] * 1 + target[3] * 5, p[k], 1e-5);
            }
            assertEquals(5, p[LENGTH]);
            sum += target[0];
        }
        assertEquals(0.5, sum / 500, 0.06);
    }

    @Test
    void cutmixPastesAsMuchAsTheLabelSays() {
        for (long seed = 0; seed < 500; seed++) {
            float[] target = new float[2 * CLASSES];
            float[] p = mixed(new Augmentation(0.35, 0, 1, 0, 1), target, seed);
            long pasted = IntStream.range(0, LENGTH).filter(k -> p[k] == 5f).count();
            assertEquals((double) pasted / LENGTH, target[3], 1e-6);
            assertEquals(1, target[0] + target[3], 1e-6);
        }
    }

    @Test
    void dropoutDrawsByPictureAndEpochAndKeepsTheMean() {
        Recipe recipe = new Recipe(
                Hyperparameters.builder()
                        .batchSize(4)
                        .augmentation(new Augmentation(0.35, 0, 0, 0.25, 1))
                        .build(),
                4,
                1);
        Example a = new Example("a", Annotation.of(0, Part.TRAIN), 0, null);
        Example b = new Example("b", Annotation.of(0, Part.TRAIN), 1, null);
        float[] mask = new float[20_000];
        new Batches<>(recipe, 0, Items.of(List.of(a, b))).dropout(a, mask, 0, mask.length);
        double sum = 0;
        for (float m : mask) {
            assertTrue(m == 0 || m == (float) (1 / 0.75));
            sum += m;
        }
        assertEquals(1, sum / mask.length, 0.02);
        float[] again = new float[mask.length];
        new Batches<>(recipe, 0, Items.of(List.of(b, a))).dropout(a, again, 0, mask.length);
        assertArrayEquals(mask, again);
        new Batches<>(recipe, 1, Items.of(List.of(a, b))).dropout(a, again, 0, mask.length);
        assertFalse(Arrays.equals(mask, again));
    }

    @Test
    void keysDependOnEveryPart() {
        long key = Seeds.key(1, "order", 2, "name");
        assertEquals(key, Seeds.key(1, "order", 2, "name"));
        for (long other : new long[] {
            Seeds.key(2, "order", 2, "name"),
            Seeds.key(1, "ordes", 2, "name"),
            Seeds.key(1, "order", 3, "name"),
            Seeds.key(1, "order", 2, "nama"),
            Seeds.key(1, "order", "name", 2)
        }) {
            assertTrue(key != other);
        }
    }
}
