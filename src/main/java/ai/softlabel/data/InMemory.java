package ai.softlabel.data;

import ai.softlabel.Pixels;
import java.awt.image.BufferedImage;
import java.io.IOException;

/** Prepares pictures that a program holds in memory as those of files are: upright, with the short side for scoring. */
public final class InMemory {
    private InMemory() {}

    /**
     * Decodes the content of a file and resizes it.
     *
     * @throws IOException if the bytes are no picture that can be used; the message is the reason
     */
    public static Pixels decoded(byte[] file, Preparation preparation) throws IOException {
        return Decoder.decode(file, preparation);
    }

    /**
     * Resizes a picture for a network of this picture size; transparency is dropped.
     *
     * @throws IOException if it has fewer than 8 or more than 100 million pixels, or is too long and narrow
     */
    public static Pixels resized(BufferedImage image, int imageSize) throws IOException {
        int side = Preprocessing.shortSide(imageSize);
        // Checked before the pixels are copied.
        Decoder.pixels(image.getWidth(), image.getHeight(), side, "found");
        return Resampler.shortSide(RgbPixels.of(image), side);
    }

    /**
     * Resizes a picture for a network of this picture size.
     *
     * @throws IOException if it has fewer than 8 or more than 100 million pixels, or is too long and narrow
     */
    public static Pixels resized(Pixels pixels, int imageSize) throws IOException {
        int side = Preprocessing.shortSide(imageSize);
        Decoder.pixels(pixels.width(), pixels.height(), side, "found");
        return Resampler.shortSide(pixels, side);
    }

    /**
     * Reads, decodes and resizes a file, with the attempts that all reading has.
     *
     * @throws IOException if it is no picture that can be used; the message is the reason
     */
    public static Pixels read(String name, Source source, Preparation preparation) throws IOException {
        return PictureStream.read(name, source, preparation).pixels();
    }

    /**
     * An array for a file of this length.
     *
     * @throws IOException if it is too long for a picture
     */
    public static byte[] room(long length) throws IOException {
        return Storage.room(length);
    }
}
