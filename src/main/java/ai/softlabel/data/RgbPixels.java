package ai.softlabel.data;

import ai.softlabel.Pixels;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;

/** From the JDK's picture to packed RGB. */
final class RgbPixels {
    private RgbPixels() {}

    static Pixels of(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        byte[] rgb = new byte[3 * width * height];
        ColorModel model = image.getColorModel();
        if (model instanceof ComponentColorModel && model.getNumColorComponents() == 1) {
            grey(image.getRaster(), model.getComponentSize(0), rgb);
        } else if (image.getType() == BufferedImage.TYPE_3BYTE_BGR
                && image.getRaster().getDataBuffer().getSize() == rgb.length) {
            byte[] bgr = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
            for (int i = 0; i < rgb.length; i += 3) {
                rgb[i] = bgr[i + 2];
                rgb[i + 1] = bgr[i + 1];
                rgb[i + 2] = bgr[i];
            }
        } else {
            packed(image, rgb);
        }
        return new Pixels(width, height, rgb);
    }

    /** Samples as they are: Java takes its grey for linear light, and would brighten it on the way to sRGB. */
    private static void grey(Raster raster, int bits, byte[] rgb) {
        int width = raster.getWidth();
        int[] row = new int[width];
        int at = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, 0, row);
            for (int x = 0; x < width; x++) {
                byte value = (byte)
                        (bits > 8 ? row[x] >> (bits - 8) : bits == 8 ? row[x] : row[x] * 255 / ((1 << bits) - 1));
                rgb[at++] = value;
                rgb[at++] = value;
                rgb[at++] = value;
            }
        }
    }

    private static void packed(BufferedImage image, byte[] rgb) {
        int width = image.getWidth();
        int[] row = new int[width];
        int at = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            image.getRGB(0, y, width, 1, row, 0, width);
            for (int x = 0; x < width; x++) {
                rgb[at++] = (byte) (row[x] >> 16);
                rgb[at++] = (byte) (row[x] >> 8);
                rgb[at++] = (byte) row[x];
            }
        }
    }
}
