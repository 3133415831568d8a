package ai.softlabel.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.softlabel.Pixels;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PictureSizesTest {
    private static Pixels stored(int size) {
        int side = Preprocessing.shortSide(size);
        return new Pixels(side + 30, side, new byte[3 * (side + 30) * side]);
    }

    @Test
    void areReadInAnyOrder() {
        assertEquals(Optional.of(PictureSizes.of(320, 224)), PictureSizes.parse("224, 320"));
        assertEquals("320,224", PictureSizes.of(224, 320).text());
        assertEquals("224", PictureSizes.of(224).text());
        for (String none : List.of("", ",", "224,", "224,224", "0", "224,-1", "a", "99999999999")) {
            assertEquals(Optional.empty(), PictureSizes.parse(none), none);
        }
        assertThrows(IllegalArgumentException.class, PictureSizes::of);
    }

    @Test
    void theLargestSizeHasTheCentreCropThatItHasAlone() {
        for (int size : new int[] {64, 96, 128, 224, 256, 320, 511}) {
            Pixels p = stored(size);
            for (PictureSizes sizes : List.of(PictureSizes.of(size), PictureSizes.of(size, 63))) {
                assertEquals(Crop.center(p, size, false), sizes.center(p, size, false));
                assertEquals(Crop.center(p, size, true), sizes.center(p, size, true));
            }
        }
    }

    /** At 224 the middle 224 of 256 pixels are scored: 7/8 of the short side. */
    @Test
    void aSmallerSizeSeesAsMuchOfThePictureAsAlone() {
        assertEquals(
                new Crop(35, 20, 280, 280, false), PictureSizes.of(320, 224).center(stored(320), 224, false));
        assertEquals(new Crop(31, 16, 224, 224, true), PictureSizes.of(256, 64).center(stored(256), 64, true));
        assertEquals(new Crop(22, 7, 96, 96, false), PictureSizes.of(96, 64).center(stored(96), 64, false));
    }
}
