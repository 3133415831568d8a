package ai.softlabel.command.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Annotation;
import ai.softlabel.Example;
import ai.softlabel.Part;
import ai.softlabel.Pixels;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LookTest {
    private static final int SIDE = 128;

    /** Soft blobs, of the seed's own. */
    private static double[][] scene(int seed) {
        Random r = new Random(seed);
        double[][] out = new double[SIDE][SIDE];
        for (int blob = 0; blob < 12; blob++) {
            double cx = r.nextDouble() * SIDE;
            double cy = r.nextDouble() * SIDE;
            double size = 8 + r.nextDouble() * 25;
            double height = 200 * (r.nextDouble() - 0.5);
            for (int y = 0; y < SIDE; y++) {
                for (int x = 0; x < SIDE; x++) {
                    out[y][x] += height * Math.exp(-((x - cx) * (x - cx) + (y - cy) * (y - cy)) / (2 * size * size));
                }
            }
        }
        return out;
    }

    /** A part of the scene, or its mirror image, with noise, as a picture. */
    private static Look look(double[][] scene, int left, int top, int width, boolean mirrored, int noise) {
        Random r = new Random(99);
        byte[] rgb = new byte[3 * width * width];
        for (int y = 0; y < width; y++) {
            for (int x = 0; x < width; x++) {
                double v = 128 + scene[top + y][left + (mirrored ? width - 1 - x : x)];
                byte level = (byte) Math.max(0, Math.min(255, v + noise * r.nextGaussian()));
                Arrays.fill(rgb, 3 * (y * width + x), 3 * (y * width + x) + 3, level);
            }
        }
        return Look.of(new Example("p", Annotation.of(0, Part.TRAIN), 0, new Pixels(width, width, rgb)));
    }

    private static Look whole(int seed) {
        return look(scene(seed), 0, 0, SIDE, false, 0);
    }

    @Test
    void theMirroredHashIsTheMirrorImages() {
        for (int seed = 0; seed < 20; seed++) {
            Look plain = whole(seed);
            Look mirrored = look(scene(seed), 0, 0, SIDE, true, 0);
            assertTrue(Long.bitCount(plain.mirrored() ^ mirrored.hash()) <= 2, "seed " + seed);
            assertTrue(plain.distance(mirrored) <= 2);
        }
    }

    @Test
    void copiesAreNearAndOtherPicturesAreNot() {
        for (int seed = 0; seed < 20; seed++) {
            Look plain = whole(seed);
            assertTrue(plain.distance(look(scene(seed), 0, 0, SIDE, false, 2)) <= 6, "noise, seed " + seed);
            // A crop of 5 %, from a corner or not, is found where it fits best.
            assertTrue(Alignment.of(plain, look(scene(seed), 6, 0, 122, false, 4)) > 0.97);
            assertTrue(Alignment.of(look(scene(seed), 3, 3, 122, true, 4), plain) > 0.97);
            for (int other = 0; other < seed; other++) {
                assertTrue(plain.distance(whole(other)) > 6, seed + " and " + other);
                assertTrue(Alignment.of(plain, whole(other)) < 0.95, seed + " and " + other);
            }
        }
    }

    @Test
    void darkBlankAndBlurredPicturesLookSo() {
        double[][] flat = new double[SIDE][SIDE];
        Look blank = look(flat, 0, 0, SIDE, false, 0);
        assertEquals(0, blank.entropy(), 1e-12);
        assertEquals(0, blank.sharpness(), 1e-9);
        assertEquals(128 / 255.0, blank.light(), 0.01);
        for (double[] row : flat) {
            Arrays.fill(row, -110);
        }
        assertTrue(look(flat, 0, 0, SIDE, false, 3).light() < 0.32);
        Look sharp = look(scene(1), 0, 0, SIDE, false, 10);
        assertTrue(sharp.sharpness() > 500 && whole(1).sharpness() < 8);
        assertTrue(sharp.entropy() > 3);
        byte[] wide = new byte[3 * 100 * 20];
        assertEquals(
                0.2,
                Look.of(new Example("w", Annotation.of(0, Part.TRAIN), 0, new Pixels(100, 20, wide)))
                        .shape(),
                1e-12);
    }
}
