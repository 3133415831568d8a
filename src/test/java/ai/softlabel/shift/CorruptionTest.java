package ai.softlabel.shift;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Pixels;
import ai.softlabel.TestFiles;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against SciPy, Pillow and Python's colorsys; {@code make_shift_golden.py} makes what they say. */
class CorruptionTest {
    private static JsonNode golden;
    private static Pixels picture;

    @BeforeAll
    static void read() throws IOException {
        golden = new ObjectMapper().readTree(TestFiles.bytes("golden/shift.json"));
        picture = new Pixels(golden.get("width").asInt(), golden.get("height").asInt(), bytes(golden.get("picture")));
    }

    private static byte[] bytes(JsonNode n) {
        return Base64.getDecoder().decode(n.asText());
    }

    /** The largest and the mean difference over all values and strengths. */
    private static double[] apart(Corruption c) {
        int most = 0;
        double sum = 0;
        double count = 0;
        for (int strength = 1; strength <= Corruption.STRENGTHS; strength++) {
            byte[] expected = bytes(golden.get(c.text()).get(strength - 1));
            byte[] found = c.of(picture, strength, new SplittableRandom(1)).rgb();
            assertEquals(expected.length, found.length);
            for (int i = 0; i < found.length; i++) {
                int d = Math.abs((found[i] & 0xFF) - (expected[i] & 0xFF));
                most = Math.max(most, d);
                sum += d;
                count++;
            }
        }
        return new double[] {most, sum / count};
    }

    @Test
    void blurBrightnessAndLowResolutionAreThoseOfTheReferences() {
        for (Corruption c : new Corruption[] {Corruption.BLUR, Corruption.BRIGHTNESS, Corruption.LOW_RESOLUTION}) {
            double[] apart = apart(c);
            assertTrue(apart[0] <= 1 && apart[1] < 1e-3, c + ": " + Arrays.toString(apart));
        }
    }

    /** The quantisation is the same; encoders and decoders round their transforms and colours apart. */
    @Test
    void jpegIsThatOfPillowToAFewSteps() {
        double[] apart = apart(Corruption.JPEG);
        assertTrue(apart[1] < 0.5, Arrays.toString(apart));
    }

    @Test
    void noiseHasTheDefinedDeviationAndFollowsFromTheName() {
        byte[] grey = new byte[3 * 100 * 100];
        Arrays.fill(grey, (byte) 128);
        Pixels p = new Pixels(100, 100, grey);
        byte[] found = Corruption.NOISE.of(p, 100, 1, "a.jpg").rgb();
        double sum = 0;
        double squares = 0;
        for (byte b : found) {
            double d = ((b & 0xFF) - 128) / 255.0;
            sum += d / found.length;
            squares += d * d / found.length;
        }
        assertEquals(0.08, Math.sqrt(squares), 0.002);
        // Cutting to bytes takes off half a step on average.
        assertEquals(-0.5 / 255, sum, 0.002);
        assertArrayEquals(found, Corruption.NOISE.of(p, 100, 1, "a.jpg").rgb());
        assertTrue(!Arrays.equals(found, Corruption.NOISE.of(p, 100, 1, "b.jpg").rgb()));
    }

    @Test
    void theMiddleIsCorruptedAndEachStrengthIsFurtherAway() {
        int side = 224;
        Pixels large = new Pixels(240, 230, new byte[3 * 240 * 230]);
        for (int i = 0; i < large.rgb().length; i++) {
            int from = 3 * (i / 720 / 6 * picture.width() + i % 720 / 3 / 6) + i % 3;
            large.rgb()[i] = picture.rgb()[from];
        }
        for (Corruption c : Corruption.values()) {
            double before = 0;
            for (int strength = 1; strength <= Corruption.STRENGTHS; strength++) {
                Pixels found = c.of(large, side, strength, "a");
                assertEquals(side, found.width());
                double away = 0;
                for (int i = 0; i < found.rgb().length; i++) {
                    int x = i / 3 % side;
                    int y = i / 3 / side;
                    int from = 3 * ((y + 3) * large.width() + x + 8) + i % 3;
                    away += Math.abs((found.rgb()[i] & 0xFF) - (large.rgb()[from] & 0xFF));
                }
                assertTrue(away > before, c + " at " + strength + ": " + away + " after " + before);
                before = away;
            }
        }
        assertThrows(IllegalArgumentException.class, () -> Corruption.BLUR.of(large, side, 6, "a"));
    }
}
