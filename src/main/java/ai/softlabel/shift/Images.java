package ai.softlabel.shift;

import ai.softlabel.Pixels;
import java.awt.image.BufferedImage;

/** Pictures in Java's form and back. */
final class Images {
    private Images() {}

    static BufferedImage of(Pixels p) {
        BufferedImage image = new BufferedImage(p.width(), p.height(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < p.height(); y++) {
            for (int x = 0; x < p.width(); x++) {
                int at = 3 * (y * p.width() + x);
                image.setRGB(
                        x, y, (p.rgb()[at] & 0xFF) << 16 | (p.rgb()[at + 1] & 0xFF) << 8 | (p.rgb()[at + 2] & 0xFF));
            }
        }
        return image;
    }

    static Pixels pixels(BufferedImage image) {
        byte[] out = new byte[3 * image.getWidth() * image.getHeight()];
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                int rgb = image.getRGB(x, y);
                int at = 3 * (y * image.getWidth() + x);
                out[at] = (byte) (rgb >> 16);
                out[at + 1] = (byte) (rgb >> 8);
                out[at + 2] = (byte) rgb;
            }
        }
        return new Pixels(image.getWidth(), image.getHeight(), out);
    }
}
