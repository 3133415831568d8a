package ai.softlabel.data;

import ai.softlabel.Pixels;
import com.twelvemonkeys.imageio.metadata.Directory;
import com.twelvemonkeys.imageio.metadata.Entry;
import com.twelvemonkeys.imageio.metadata.jpeg.JPEG;
import com.twelvemonkeys.imageio.metadata.jpeg.JPEGSegment;
import com.twelvemonkeys.imageio.metadata.jpeg.JPEGSegmentUtil;
import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.metadata.tiff.TIFFReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageInputStream;

/**
 * Turns pictures as EXIF's orientation says (Exif 2.32, tag 0x0112: 1 is upright, 3 upside down, 6 and 8 on a side, the
 * others mirrored).
 */
final class Upright {
    private Upright() {}

    /** A JPEG's orientation, 1 to 8; 1 where it has none or none that can be read. */
    static int orientation(byte[] file) {
        try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(file))) {
            List<JPEGSegment> segments = JPEGSegmentUtil.readSegments(in, JPEG.APP1, "Exif");
            if (segments.isEmpty()) {
                return 1;
            }
            try (InputStream data = segments.get(0).data()) {
                data.skipNBytes(1);
                Directory exif = new TIFFReader().read(ImageIO.createImageInputStream(data));
                Entry entry = exif.getEntryById(TIFF.TAG_ORIENTATION);
                int value = entry == null ? 1 : ((Number) entry.getValue()).intValue();
                return value >= 1 && value <= 8 ? value : 1;
            }
        } catch (IOException | RuntimeException e) {
            return 1;
        }
    }

    /** The picture turned upright. */
    static Pixels turn(Pixels p, int orientation) {
        if (orientation == 1) {
            return p;
        }
        boolean swapped = orientation >= 5;
        int width = swapped ? p.height() : p.width();
        int height = swapped ? p.width() : p.height();
        byte[] out = new byte[p.rgb().length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int u = swapped ? y : x;
                int v = swapped ? x : y;
                // Columns run backwards for 2, 3, 7 and 8, rows for 3, 4, 6 and 7.
                int fromX = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8
                        ? p.width() - 1 - u
                        : u;
                int fromY = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7
                        ? p.height() - 1 - v
                        : v;
                System.arraycopy(p.rgb(), 3 * (fromY * p.width() + fromX), out, 3 * (y * width + x), 3);
            }
        }
        return new Pixels(width, height, out);
    }
}
