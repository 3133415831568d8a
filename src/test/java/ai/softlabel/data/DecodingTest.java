package ai.softlabel.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Pixels;
import ai.softlabel.TestFiles;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecodingTest {
    private static byte[] file(String name) {
        return TestFiles.bytes("pictures/" + name);
    }

    private static Pixels decoded(byte[] file, int imageSize, Decoding decoding) throws Undecodable {
        return Decoder.decode(file, new Preparation(imageSize, decoding));
    }

    @ParameterizedTest
    @CsvSource({"3000,146,8", "1168,146,8", "1167,146,4", "584,146,4", "583,146,2", "292,146,2", "291,146,1"})
    void itIsNeverReducedBelowTheSizeWanted(int shortSide, int wanted, int reduction) {
        assertEquals(reduction, Decoding.SCALED.reduction(shortSide, wanted));
        assertEquals(1, Decoding.FULL.reduction(shortSide, wanted));
    }

    /** Half of the exif pictures' size, whichever way they are turned. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void scaledPicturesAreTurnedUprightToo(int orientation) throws Undecodable {
        byte[] file = file("exif" + orientation + ".jpg");
        Pixels whole = Decoder.decode(file);
        int size = size(Math.min(whole.width(), whole.height()) / 2);
        Pixels full = decoded(file, size, Decoding.FULL);
        Pixels scaled = decoded(file, size, Decoding.SCALED);
        assertEquals(full.width(), scaled.width());
        assertEquals(full.height(), scaled.height());
        assertTrue(mean(full, scaled) < 6, "mean " + mean(full, scaled));
    }

    /** The picture size whose short side is this. */
    private static int size(int shortSide) {
        int size = shortSide;
        while (Preprocessing.shortSide(size) > shortSide) {
            size--;
        }
        return size;
    }

    private static double mean(Pixels one, Pixels other) {
        double sum = 0;
        for (int i = 0; i < one.rgb().length; i++) {
            sum += Math.abs((one.rgb()[i] & 0xFF) - (other.rgb()[i] & 0xFF));
        }
        return sum / one.rgb().length;
    }

    @ParameterizedTest
    @ValueSource(strings = {"progressive.jpg", "cmyk.jpg", "plain.png", "plain.gif", "lossless.webp"})
    void otherPicturesAreAsWithFullDecoding(String name) throws Undecodable {
        assertArrayEquals(
                decoded(file(name), 4, Decoding.FULL).rgb(),
                decoded(file(name), 4, Decoding.SCALED).rgb());
    }

    @Test
    void picturesThatAreNotMuchLargerAreAsWithFullDecoding() throws Undecodable {
        byte[] file = file("plain.jpg");
        int half =
                size(Math.min(Decoder.decode(file).width(), Decoder.decode(file).height()) / 2);
        assertArrayEquals(
                decoded(file, half + 2, Decoding.FULL).rgb(),
                decoded(file, half + 2, Decoding.SCALED).rgb());
        assertFalse(java.util.Arrays.equals(
                decoded(file, half, Decoding.FULL).rgb(),
                decoded(file, half, Decoding.SCALED).rgb()));
    }

    /** Whatever is changed in a file: it is rejected with the same words, or by neither. */
    @Test
    void damagedPicturesAreRejectedAsWithFullDecoding() {
        byte[] whole = file("plain.jpg");
        SplittableRandom random = new SplittableRandom(1);
        int rejected = 0;
        for (int i = 0; i < 500; i++) {
            byte[] changed = whole.clone();
            changed[2 + random.nextInt(whole.length - 2)] = (byte) random.nextInt(256);
            String full = reason(changed, Decoding.FULL);
            assertEquals(full, reason(changed, Decoding.SCALED), "change " + i);
            rejected += full.isEmpty() ? 0 : 1;
        }
        assertTrue(rejected > 20, "rejected: " + rejected);
    }

    private static String reason(byte[] file, Decoding decoding) {
        try {
            return decoded(file, 4, decoding).rgb().length > 0 ? "" : "no pixels";
        } catch (Undecodable e) {
            return e.getMessage();
        }
    }
}
