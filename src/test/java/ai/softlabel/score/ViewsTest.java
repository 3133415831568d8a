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

    /** With mirror images or without, the head trains on the same views. */
    @Test
    void ofSeveralSizesTheirCentresComeBeforeTheirMirrorImages() {
        for (boolean flip : new boolean[] {false, true}) {
            Views scored = Views.scored(TWO, flip);
            assertEquals(flip ? 4 : 2, scored.count());
            Views more = scored.atLeast(5, 0.35, 7);
            assertEquals(List.of(96, 64, 96, 64, 96), sizes(more));
            assertEquals(
                    List.of(
                            large(false),
                            small(false),
                            large(true),
                            small(true),
                            Crop.random(PIXELS, 0.35, Seeds.stream(7, "augment", 4, "a.jpg"))),
                    crops(more));
        }
    }

    @Test
    void randomCropsAreOfWhatIsStoredForThemAndOthersOfWhatIsScored() {
        Pixels stored = new Pixels(280, 220, new byte[3 * 280 * 220]);
        Example both = new Example("a.jpg", PICTURE.annotation(), 0, stored, PIXELS);
        Views views = Views.scored(PictureSizes.of(96), false).atLeast(3, 0.35, 7);
        assertEquals(Crop.center(PIXELS, 96, false), views.crop(both, 0));
        assertEquals(Crop.center(PIXELS, 96, true), views.crop(both, 1));
        assertEquals(Crop.random(stored, 0.35, Seeds.stream(7, "augment", 2, "a.jpg")), views.crop(both, 2));
        assertEquals(
                List.of(PIXELS, PIXELS, stored),
                List.of(0, 1, 2).stream().map(v -> views.pixels(both, v)).toList());
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
