package ai.softlabel.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TreeSumTest {
    private static final int LENGTH = 5000;

    private static float[][] arrays(int count) {
        SplittableRandom r = new SplittableRandom(count);
        float[][] all = new float[count][LENGTH];
        for (float[] a : all) {
            for (int i = 0; i < LENGTH; i++) {
                a[i] = (float) ((r.nextDouble() - 0.5) * Math.exp(10 * r.nextDouble()));
            }
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 13})
    void sumsEverythingAlsoInPlace(int count) {
        float[][] all = arrays(count);
        float[] apart = new float[LENGTH];
        TreeSum.sum(all, 0, LENGTH, apart);
        for (int i = 0; i < LENGTH; i += 611) {
            double exact = 0;
            double size = 0;
            for (float[] a : all) {
                exact += a[i];
                size += Math.abs(a[i]);
            }
            assertEquals(exact, apart[i], 1e-6 * size);
        }
        TreeSum.sum(all, 0, LENGTH, all[0]);
        assertArrayEquals(apart, all[0]);
    }

    @ParameterizedTest
    @CsvSource({"2,1", "4,2", "8,4", "8,2", "6,2", "6,4", "12,4"})
    void alignedBlocksOfAPowerOfTwoGiveTheSameBits(int count, int block) {
        float[][] all = arrays(count);
        float[] whole = new float[LENGTH];
        TreeSum.sum(all, 0, LENGTH, whole);
        float[][] blocks = new float[(count + block - 1) / block][LENGTH];
        for (int b = 0; b < blocks.length; b++) {
            TreeSum.sum(Arrays.copyOfRange(all, b * block, Math.min(count, (b + 1) * block)), 0, LENGTH, blocks[b]);
        }
        float[] out = new float[LENGTH];
        TreeSum.sum(blocks, 0, LENGTH, out);
        assertArrayEquals(whole, out);
    }
}
