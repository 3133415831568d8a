package ai.softlabel.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Pixels;
import ai.softlabel.TestFiles;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Pictures as Pillow made them; see {@code src/test/python/make_pictures.py}. */
final class Expected {
    private Expected() {}

    static Pixels read(String name) {
        ByteBuffer b = ByteBuffer.wrap(TestFiles.bytes("pictures/" + name)).order(ByteOrder.LITTLE_ENDIAN);
        int width = b.getInt();
        int height = b.getInt();
        byte[] rgb = new byte[b.remaining()];
        b.get(rgb);
        return new Pixels(width, height, rgb);
    }

    /** Every value within {@code most} of what is expected. */
    static void assertClose(Pixels expected, Pixels found, int most, String what) {
        assertEquals(expected.width() + "x" + expected.height(), found.width() + "x" + found.height(), what);
        int worst = 0;
        for (int i = 0; i < expected.rgb().length; i++) {
            worst = Math.max(worst, Math.abs((expected.rgb()[i] & 0xFF) - (found.rgb()[i] & 0xFF)));
        }
        assertTrue(worst <= most, what + ": off by " + worst + ", allowed " + most);
    }
}
