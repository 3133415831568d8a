package ai.softlabel.data;

import ai.softlabel.Pixels;
import com.twelvemonkeys.imageio.plugins.jpeg.JPEGImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.ImageInputStream;

/**
 * From a file's bytes to upright RGB. The format is told by the content: JPEG (grey, RGB, CMYK; turned as EXIF says),
 * PNG, GIF (its first frame), BMP, WebP. Transparency is dropped and 16-bit samples lose their low byte, as in Pillow's
 * {@code convert("RGB")}.
 */
final class Decoder {
    private static final long LEAST_PIXELS = 8;
    private static final long MOST_PIXELS = 100_000_000;

    static {
        ImageIO.setUseCache(false);
    }

    private Decoder() {}

    /**
     * Decodes a picture.
     *
     * @throws Undecodable where the bytes are no whole picture, or one of fewer than 8 or more than 100 million pixels
     */
    static Pixels decode(byte[] file) throws Undecodable {
        if (file.length == 0) {
            throw new Undecodable("the file is empty");
        }
        Format format = Format.of(file);
        if (format == Format.UNKNOWN) {
            throw new Undecodable("not a picture: the content is neither JPEG, PNG, GIF, BMP nor WebP");
        }
        try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(file))) {
            ImageReader reader = reader(format, file);
            try {
                return Upright.turn(
                        RgbPixels.of(read(reader, in, format, file)),
                        format == Format.JPEG ? Upright.orientation(file) : 1);
            } finally {
                reader.dispose();
            }
        } catch (OutOfMemoryError e) {
            throw new Undecodable("too large to decode in the memory of this executor");
        } catch (IOException | RuntimeException e) {
            throw new Undecodable("damaged " + format + ": " + reason(e));
        }
    }

    private static BufferedImage read(ImageReader reader, ImageInputStream in, Format format, byte[] file)
            throws IOException, Undecodable {
        String[] warning = new String[1];
        reader.addIIOReadWarningListener((source, text) -> warning[0] = cut(text) ? text : warning[0]);
        reader.setInput(in, true, format != Format.JPEG);
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels < LEAST_PIXELS || pixels > MOST_PIXELS) {
            throw new Undecodable("expected " + LEAST_PIXELS + " to " + MOST_PIXELS + " pixels, the header says "
                    + reader.getWidth(0) + "x" + reader.getHeight(0));
        }
        if (Truncation.truncated(format, file)) {
            throw new Undecodable("truncated " + format + ": it ends before its end marker");
        }
        BufferedImage image = reader.read(0);
        if (warning[0] != null) {
            throw new Undecodable("truncated " + format + ": " + warning[0]);
        }
        return image;
    }

    /** Of libjpeg's warnings, those that say that data is missing; a stray byte between two markers is none of them. */
    private static boolean cut(String warning) {
        return warning.toLowerCase(Locale.ROOT).contains("premature end");
    }

    /** The JDK's reader, or TwelveMonkeys' for what that one refuses: JPEG of four components, and WebP. */
    private static ImageReader reader(Format format, byte[] file) throws IOException {
        if (format == Format.WEBP) {
            return provider(WebPImageReaderSpi.class).createReaderInstance();
        }
        if (format == Format.JPEG && Format.jpegComponents(file) == 4) {
            return provider(JPEGImageReaderSpi.class).createReaderInstance();
        }
        Iterator<ImageReaderSpi> all = IIORegistry.getDefaultInstance().getServiceProviders(ImageReaderSpi.class, true);
        while (all.hasNext()) {
            ImageReaderSpi spi = all.next();
            if (spi.getClass().getName().startsWith("com.sun.")
                    && java.util.List.of(spi.getFormatNames()).contains(format.toString())) {
                return spi.createReaderInstance();
            }
        }
        throw new IOException("this JDK reads no " + format);
    }

    /** Registers a provider by hand: in a Spark task the service loader may look at another class loader than ours. */
    private static synchronized <S extends ImageReaderSpi> S provider(Class<S> type) {
        IIORegistry registry = IIORegistry.getDefaultInstance();
        S spi = registry.getServiceProviderByClass(type);
        if (spi == null) {
            try {
                registry.registerServiceProvider(type.getDeclaredConstructor().newInstance());
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
            spi = registry.getServiceProviderByClass(type);
        }
        return spi;
    }

    private static String reason(Throwable e) {
        String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return text.lines().findFirst().orElse(text);
    }
}
