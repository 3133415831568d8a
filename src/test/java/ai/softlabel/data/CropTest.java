package ai.softlabel.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Pixels;
import ai.softlabel.Seeds;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CropTest {
    private static final int DRAWS = 20_000;

    private static final Normalization PLAIN =
            new Normalization(List.of(0.0, 0.0, 0.0), List.of(1 / 255.0, 1 / 255.0, 1 / 255.0));

    private static Pixels ramp(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < width * height; i++) {
            rgb[3 * i] = (byte) (10 * (i % width));
            rgb[3 * i + 1] = (byte) (10 * (i / width));
            rgb[3 * i + 2] = 77;
        }
        return new Pixels(width, height, rgb);
    }

    @Test
    void aCropOfTheSameSizeIsACopyInPlanes() {
        float[] out = new float[48 + 5];
        new Crop(1, 2, 4, 4, false).write(ramp(8, 8), 4, PLAIN, out, 5);
        for (int y = 0; y < 4; y++) {
            for (int x = 0; x < 4; x++) {
                assertEquals(10 * (x + 1), out[5 + 4 * y + x], 1e-3);
                assertEquals(10 * (y + 2), out[5 + 16 + 4 * y + x], 1e-3);
                assertEquals(77, out[5 + 32 + 4 * y + x], 1e-3);
            }
        }
    }

    @Test
    void mirroringTurnsLinesAround() {
        float[] out = new float[48];
        new Crop(1, 2, 4, 4, true).write(ramp(8, 8), 4, PLAIN, out, 0);
        assertEquals(40, out[0], 1e-3);
        assertEquals(10, out[3], 1e-3);
    }

    /** PyTorch's interpolate([0, 10], size=4, align_corners=False) is 0, 2.5, 7.5, 10. */
    @Test
    void enlargingIsBilinearBetweenPixelCentres() {
        float[] out = new float[48];
        new Crop(0, 0, 2, 2, false).write(ramp(8, 8), 4, PLAIN, out, 0);
        float[] expected = {0, 2.5f, 7.5f, 10};
        for (int x = 0; x < 4; x++) {
            assertEquals(expected[x], out[x], 1e-4);
            assertEquals(expected[x], out[16 + 4 * x], 1e-4);
        }
    }

    @Test
    void normalisationIsTorchvisions() {
        float[] out = new float[48];
        new Crop(0, 0, 4, 4, false).write(ramp(8, 8), 4, Normalization.IMAGENET, out, 0);
        assertEquals((77 / 255.0 - 0.406) / 0.225, out[32], 1e-5);
        assertEquals((30 / 255.0 - 0.485) / 0.229, out[3], 1e-5);
    }

    /** From which size ever they are cut: the same shares of the area, at the same places. */
    @Test
    void randomCropsCoverTheSameSharesAtAnyStoredSize() {
        double[][] small = sorted(new Pixels(195, 146, new byte[3 * 195 * 146]));
        double[][] large = sorted(new Pixels(683, 512, new byte[3 * 683 * 512]));
        for (int i = 0; i < DRAWS; i++) {
            assertEquals(small[0][i], large[0][i], 0.01, "share " + i);
        }
        // Places are drawn from other numbers at each size: their far ends are rare.
        for (int i = DRAWS / 20; i < DRAWS - DRAWS / 20; i++) {
            assertEquals(small[1][i], large[1][i], 0.012, "across " + i);
            assertEquals(small[2][i], large[2][i], 0.012, "down " + i);
        }
        // Drawn uniformly from 0.35 to 1; above 0.5625 shares fit a picture of 4:3 in fewer and fewer shapes.
        assertEquals(0.35, large[0][0], 0.001);
        assertEquals(0.555, large[0][DRAWS / 2], 0.006);
        assertTrue(large[0][DRAWS - 1] > 0.95 && large[0][DRAWS - 1] <= 1);
    }

    /** Of many crops the shares of the area, and the middles across and down as shares; each in order. */
    private static double[][] sorted(Pixels p) {
        double[][] found = new double[3][DRAWS];
        for (int i = 0; i < DRAWS; i++) {
            Crop c = Crop.random(p, 0.35, Seeds.stream(1, "share", i));
            found[0][i] = (double) c.width() * c.height() / ((double) p.width() * p.height());
            found[1][i] = (c.x() + c.width() / 2.0) / p.width();
            found[2][i] = (c.y() + c.height() / 2.0) / p.height();
        }
        for (double[] of : found) {
            Arrays.sort(of);
        }
        return found;
    }

    @Test
    void randomCropsStayInsideAndWithinTheirLimits() {
        Pixels p = ramp(20, 11);
        int mirrored = 0;
        for (int i = 0; i < 2000; i++) {
            Crop c = Crop.random(p, 0.35, Seeds.stream(1, "test", i));
            assertTrue(c.x() >= 0 && c.y() >= 0 && c.x() + c.width() <= 20 && c.y() + c.height() <= 11);
            assertTrue(c.width() * c.height() >= 0.3 * 220, c.toString());
            mirrored += c.mirrored() ? 1 : 0;
        }
        assertEquals(1000, mirrored, 150);
        assertEquals(
                Crop.random(p, 0.35, Seeds.stream(1, "test", 4)), Crop.random(p, 0.35, Seeds.stream(1, "test", 4)));
    }
}
