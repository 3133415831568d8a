package ai.softlabel.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.softlabel.Pixels;
import ai.softlabel.TestFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResamplerTest {
    @ParameterizedTest
    @CsvSource({"20,15", "97,64", "60,21"})
    void isPillowsBilinear(int width, int height) throws Undecodable {
        Pixels noise = Decoder.decode(TestFiles.bytes("pictures/noise.png"));
        Expected.assertClose(
                Expected.read("noise." + width + "x" + height + ".rgb"),
                Resampler.resize(noise, width, height),
                1,
                width + "x" + height);
    }

    @Test
    void shortSideKeepsTheAspectRatio() {
        Pixels wide = Resampler.shortSide(new Pixels(60, 40, new byte[7200]), 20);
        assertEquals(30, wide.width());
        assertEquals(20, wide.height());
        Pixels high = Resampler.shortSide(new Pixels(10, 100, new byte[3000]), 20);
        assertEquals(20, high.width());
        assertEquals(200, high.height());
    }

    @Test
    void evaluationSizesFollowTheDesign() {
        assertEquals(146, Preprocessing.shortSide(128));
        assertEquals(256, Preprocessing.shortSide(224));
        assertEquals(73, Preprocessing.shortSide(64));
        assertEquals(256, Preprocessing.shortSide(256));
        assertEquals(512, Preprocessing.shortSide(512));
    }
}
