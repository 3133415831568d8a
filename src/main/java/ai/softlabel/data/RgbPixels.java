package ai.softlabel.data;

import ai.softlabel.Pixels;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;

/**
 * From the JDK's picture to packed RGB: samples as they are, whatever colour space the JDK takes them for. Those of 16
 * bits lose their low byte.
 */
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
        } else if (model instanceof ComponentColorModel
                && model.getNumColorComponents() == 3
                && model.getComponentSize(0) >= 8) {
            colours(image.getRaster(), model.getComponentSize(0), rgb);
        } else {
            packed(image, rgb);
        }
        return new Pixels(width, height, rgb);
    }

    /**
     * Java takes its grey for linear light, and would brighten it on the way to sRGB; fewer than 8 bits are spread over
     * 0 to 255.
     */
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

    private static void colours(Raster raster, int bits, byte[] rgb) {
        int width = raster.getWidth();
        int[] row = new int[width];
        for (int y = 0; y < raster.getHeight(); y++) {
            for (int band = 0; band < 3; band++) {
                raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, band, row);
                int at = 3 * width * y + band;
                for (int x = 0; x < width; x++) {
                    rgb[at] = (byte) (row[x] >> (bits - 8));
                    at += 3;
                }
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
