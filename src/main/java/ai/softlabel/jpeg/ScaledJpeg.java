package ai.softlabel.jpeg;

import ai.softlabel.Pixels;
import ai.softlabel.jpeg.Frame.Component;
import java.util.Optional;

/**
 * Decodes JPEGs at a half, a quarter or an eighth of their size: each pixel is the mean of the 2 x 2, 4 x 4 or 8 x 8
 * ones that the picture has there. They are computed from the block's coefficients, without those pixels, as libjpeg
 * does where it scales (jidctred.c). Float sums in one order and no platform's own cosine: the same bits on every
 * machine.
 *
 * <p>Only what digital cameras write is read: Huffman-coded baseline, 8 bits, grey or three components in one scan, the
 * colours sampled once or half as densely, every marker, code and bit as the standard has it. All else is empty.
 */
public final class ScaledJpeg {
    private final byte[] file;
    private final Frame frame;
    private final boolean ycc;
    private final int reduction;
    private final int width;
    private final int height;

    private ScaledJpeg(byte[] file, Frame frame, boolean ycc, int reduction) {
        this.file = file;
        this.frame = frame;
        this.ycc = ycc;
        this.reduction = reduction;
        this.width = (frame.width() + reduction - 1) / reduction;
        this.height = (frame.height() + reduction - 1) / reduction;
    }

    /**
     * Decodes a picture.
     *
     * @param file a JPEG's bytes
     * @param width in pixels, as the caller found it and has room for; {@code height} alike
     * @param ycc whether three components are luma and two differences, otherwise red, green and blue
     * @param reduction 2, 4 or 8: by what width and height are divided, and rounded up
     * @return not turned as Exif says; empty where the file is none that is read here, or of another size
     */
    public static Optional<Pixels> decode(byte[] file, int width, int height, boolean ycc, int reduction) {
        try {
            Frame frame = Frame.of(file);
            if (frame.width() != width || frame.height() != height) {
                return Optional.empty();
            }
            return Optional.of(new ScaledJpeg(file, frame, ycc, reduction).pixels());
        } catch (Unsuited e) {
            return Optional.empty();
        }
    }

    private Pixels pixels() throws Unsuited {
        Component[] components = frame.components();
        int across = (frame.width() + frame.blockWidth() - 1) / frame.blockWidth();
        int down = (frame.height() + frame.blockHeight() - 1) / frame.blockHeight();
        int lines = frame.blockHeight() / reduction;
        int stride = across * frame.blockWidth() / reduction;
        Bits bits = new Bits(file, frame.data());
        Scan[] scans = new Scan[components.length];
        byte[][] planes = new byte[components.length][lines * stride];
        for (int c = 0; c < scans.length; c++) {
            Component component = components[c];
            Means means = new Means(
                    frame.blockWidth() / component.across() / reduction,
                    frame.blockHeight() / component.down() / reduction,
                    component.quantization());
            scans[c] = new Scan(bits, component, means);
        }
        byte[] rgb = new byte[3 * width * height];
        int restarts = 0;
        int due = 0;
        for (int y = 0; y < down; y++) {
            for (int x = 0; x < across; x++) {
                if (due == 0) {
                    if (x > 0 || y > 0) {
                        bits.end(restarts++ & 7);
                    }
                    bits.section();
                    for (Scan scan : scans) {
                        scan.restart();
                    }
                    due = frame.restart() == 0 ? Integer.MAX_VALUE : frame.restart();
                }
                due--;
                for (int c = 0; c < scans.length; c++) {
                    blocks(scans[c], components[c], planes[c], x, stride);
                }
            }
            Colours.write(planes, stride, ycc, rgb, width, y * lines, Math.min(height, (y + 1) * lines));
        }
        bits.end(-1);
        return new Pixels(width, height, rgb);
    }

    /** Decodes a component's part of a block of all components. */
    private void blocks(Scan scan, Component component, byte[] plane, int x, int stride) throws Unsuited {
        int columns = frame.blockWidth() / component.across() / reduction;
        int rows = frame.blockHeight() / component.down() / reduction;
        for (int v = 0; v < component.down(); v++) {
            for (int h = 0; h < component.across(); h++) {
                scan.block(plane, v * rows * stride + (x * component.across() + h) * columns, stride);
            }
        }
    }
}
