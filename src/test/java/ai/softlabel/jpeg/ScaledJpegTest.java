package ai.softlabel.jpeg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Pixels;
import ai.softlabel.TestFiles;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScaledJpegTest {
    /** Neither a multiple of a block nor of a block of all components. */
    private static final int WIDTH = 150;

    private static final int HEIGHT = 101;

    /** Smooth, with an edge, and without colours that the encoding has no room for. */
    private static BufferedImage picture(int type) {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, type);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                int edge = x > 70 ? 40 : 0;
                int red = (int) (110 + 30 * Math.sin(x / 9.0) + edge);
                int green = (int) (100 + 30 * Math.cos((x + y) / 13.0) + edge);
                image.setRGB(x, y, red << 16 | green << 8 | 90 + y / 3);
            }
        }
        return image;
    }

    /**
     * Written by the JDK.
     *
     * @param across how densely luma is sampled, for two colour differences of 1
     * @param restart blocks between restart markers, or 0
     */
    private static byte[] jpeg(int type, int across, int down, int restart, boolean progressive) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpg").next();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            if (progressive) {
                parameters.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
            }
            BufferedImage image = picture(type);
            IIOMetadata data = writer.getDefaultImageMetadata(new ImageTypeSpecifier(image), parameters);
            IIOMetadataNode root = (IIOMetadataNode) data.getAsTree(data.getNativeMetadataFormatName());
            IIOMetadataNode luma =
                    (IIOMetadataNode) root.getElementsByTagName("componentSpec").item(0);
            luma.setAttribute("HsamplingFactor", Integer.toString(across));
            luma.setAttribute("VsamplingFactor", Integer.toString(down));
            if (restart > 0) {
                IIOMetadataNode interval = new IIOMetadataNode("dri");
                interval.setAttribute("interval", Integer.toString(restart));
                root.getElementsByTagName("markerSequence").item(0).appendChild(interval);
            }
            data.setFromTree(data.getNativeMetadataFormatName(), root);
            writer.setOutput(stream);
            writer.write(null, new IIOImage(image, null, data), parameters);
        } finally {
            writer.dispose();
        }
        return out.toByteArray();
    }

    /** The means of the JDK's pixels; the last ones of a line and of a column may have fewer. */
    private static int[] means(byte[] file, int reduction) throws IOException {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(file));
        int width = (image.getWidth() + reduction - 1) / reduction;
        int height = (image.getHeight() + reduction - 1) / reduction;
        int[] means = new int[3 * width * height];
        for (int i = 0; i < means.length; i++) {
            int sum = 0;
            int count = 0;
            for (int y = i / 3 / width * reduction; y < (i / 3 / width + 1) * reduction; y++) {
                for (int x = i / 3 % width * reduction; x < (i / 3 % width + 1) * reduction; x++) {
                    if (x < image.getWidth() && y < image.getHeight()) {
                        sum += image.getColorModel().getNumComponents() == 1
                                ? image.getRaster().getSample(x, y, 0)
                                : image.getRGB(x, y) >> (16 - 8 * (i % 3)) & 0xFF;
                        count++;
                    }
                }
            }
            means[i] = (sum + count / 2) / count;
        }
        return means;
    }

    private static Optional<Pixels> decode(byte[] file, int reduction) {
        return ScaledJpeg.decode(file, WIDTH, HEIGHT, true, reduction);
    }

    private static int largest(int[] means, Pixels p) {
        assertEquals(means.length, p.rgb().length);
        int largest = 0;
        for (int i = 0; i < means.length; i++) {
            largest = Math.max(largest, Math.abs(means[i] - (p.rgb()[i] & 0xFF)));
        }
        return largest;
    }

    /** The JDK spreads colours smoothly, rounds each pixel, and at the rim the mean goes beyond the picture. */
    @ParameterizedTest
    @CsvSource({"1,1,0", "2,1,0", "1,2,0", "2,2,0", "2,2,1", "1,1,7"})
    void pixelsAreMeansOfTheWholePictures(int across, int down, int restart) throws IOException {
        byte[] file = jpeg(BufferedImage.TYPE_INT_RGB, across, down, restart, false);
        assertEquals(restart > 0, indexOf(file, 0xD0) > 0);
        for (int reduction : new int[] {2, 4, 8}) {
            Pixels p = decode(file, reduction).orElseThrow();
            assertEquals((WIDTH + reduction - 1) / reduction, p.width());
            int most = largest(means(file, reduction), p);
            assertTrue(most <= 5, "1/" + reduction + ": " + most);
        }
    }

    @Test
    void greyIsMeansToALevel() throws IOException {
        byte[] file = jpeg(BufferedImage.TYPE_BYTE_GRAY, 1, 1, 0, false);
        for (int reduction : new int[] {2, 4, 8}) {
            int most = largest(means(file, reduction), decode(file, reduction).orElseThrow());
            // At the rim what lies beyond the picture is in a mean too.
            assertTrue(most <= 1, "1/" + reduction + ": " + most);
        }
    }

    @Test
    void othersAreLeftToOtherDecoders() throws IOException {
        byte[] progressive = jpeg(BufferedImage.TYPE_INT_RGB, 2, 2, 0, true);
        assertTrue(indexOf(progressive, 0xC2) > 0);
        assertEquals(Optional.empty(), decode(progressive, 2));
        assertEquals(Optional.empty(), decode(new byte[0], 2));
        assertEquals(Optional.empty(), ScaledJpeg.decode(TestFiles.bytes("pictures/cmyk.jpg"), 24, 16, true, 2));
        // Memory was taken for another size.
        byte[] file = jpeg(BufferedImage.TYPE_INT_RGB, 2, 2, 0, false);
        assertEquals(Optional.empty(), ScaledJpeg.decode(file, WIDTH, HEIGHT - 1, true, 2));
        assertEquals(Optional.empty(), ScaledJpeg.decode(file, WIDTH - 1, HEIGHT, true, 2));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5})
    void cutAnywhereItIsNotRead(int restart) throws IOException {
        byte[] file = jpeg(BufferedImage.TYPE_INT_RGB, 2, 2, restart, false);
        for (int length = 0; length < file.length; length++) {
            assertEquals(Optional.empty(), decode(Arrays.copyOf(file, length), 8), "at " + length);
        }
    }

    private static int indexOf(byte[] file, int marker) {
        for (int i = 0; i + 1 < file.length; i++) {
            if (file[i] == -1 && (file[i + 1] & 0xFF) == marker) {
                return i;
            }
        }
        return -1;
    }
}
