package ai.softlabel.score;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.softlabel.Annotation;
import ai.softlabel.Example;
import ai.softlabel.Part;
import ai.softlabel.Pixels;
import ai.softlabel.Seeds;
import ai.softlabel.data.Crop;
import ai.softlabel.data.PictureSizes;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ViewsTest {
    private static final Pixels PIXELS = new Pixels(140, 110, new byte[3 * 140 * 110]);
    private static final Example PICTURE =
            new Example("a.jpg", new Annotation(new int[] {0}, 1, null, Part.TRAIN), 0, PIXELS);
    private static final PictureSizes TWO = PictureSizes.of(96, 64);

    /** The order that runs of one size have been trained with. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ofOneSizeAreTheCentreItsMirrorImageAndRandomCrops(boolean flip) {
        Views scored = Views.scored(PictureSizes.of(96), flip);
        assertEquals(flip ? 2 : 1, scored.count());
        Views more = scored.atLeast(4, 0.35, 7);
        assertEquals(
                List.of(
                        Crop.center(PIXELS, 96, false),
                        Crop.center(PIXELS, 96, true),
                        Crop.random(PIXELS, 0.35, Seeds.stream(7, "augment", 2, "a.jpg")),
                        Crop.random(PIXELS, 0.35, Seeds.stream(7, "augment", 3, "a.jpg"))),
                crops(more));
        assertEquals(List.of(96, 96, 96, 96), sizes(more));
        assertEquals(scored.count(), scored.atLeast(1, 0.35, 7).count());
    }

    @Test
    void withMirrorImagesEachSizeIsScoredAsBoth() {
        Views scored = Views.scored(TWO, true);
        assertEquals(List.of(96, 96, 64, 64), sizes(scored));
        assertEquals(List.of(large(false), large(true), small(false), small(true)), crops(scored));
        Views more = scored.atLeast(5, 0.35, 7);
        assertEquals(List.of(96, 96, 64, 64, 96), sizes(more));
        assertEquals(Crop.random(PIXELS, 0.35, Seeds.stream(7, "augment", 4, "a.jpg")), more.crop(PICTURE, 4));
    }

    /** What is scored comes first, so that mirror images may follow in training. */
    @Test
    void withoutMirrorImagesTheCentreOfEachSizeIsScored() {
        Views scored = Views.scored(TWO, false);
        assertEquals(List.of(96, 64), sizes(scored));
        assertEquals(List.of(large(false), small(false)), crops(scored));
        Views more = scored.atLeast(4, 0.35, 7);
        assertEquals(List.of(96, 64, 96, 64), sizes(more));
        assertEquals(List.of(large(false), small(false), large(true), small(true)), crops(more));
    }

    private static Crop large(boolean mirrored) {
        return Crop.center(PIXELS, 96, mirrored);
    }

    private static Crop small(boolean mirrored) {
        return TWO.center(PIXELS, 64, mirrored);
    }

    private static List<Crop> crops(Views views) {
        return IntStream.range(0, views.count())
                .mapToObj(v -> views.crop(PICTURE, v))
                .toList();
    }

    private static List<Integer> sizes(Views views) {
        return IntStream.range(0, views.count()).mapToObj(views::size).toList();
    }
}
