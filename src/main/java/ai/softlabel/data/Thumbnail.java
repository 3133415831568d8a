package ai.softlabel.data;

import ai.softlabel.Pixels;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/** Small JPEGs for reports. */
public final class Thumbnail {
    private static final int SIDE = 144;

    private Thumbnail() {}

    /** The picture as a JPEG with a short side of 144 pixels. */
    public static byte[] jpeg(Pixels pixels) {
        Pixels p = Resampler.shortSide(pixels, SIDE);
        BufferedImage image = new BufferedImage(p.width(), p.height(), BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < p.width() * p.height(); i++) {
            int rgb = (p.rgb()[3 * i] & 0xFF) << 16 | (p.rgb()[3 * i + 1] & 0xFF) << 8 | p.rgb()[3 * i + 2] & 0xFF;
            image.setRGB(i % p.width(), i / p.width(), rgb);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "jpg", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
