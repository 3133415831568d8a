package ai.softlabel.data;

import ai.softlabel.Pixels;
import ai.softlabel.Plain;
import com.twelvemonkeys.imageio.plugins.jpeg.JPEGImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.ImageInputStream;

/**
 * From a file's bytes to upright RGB. The format is recognised by the content: JPEG (grey, RGB, CMYK; turned as EXIF
 * says), PNG, GIF (its first frame), BMP, WebP. As in Pillow's {@code convert("RGB")}, transparency is dropped, an
 * embedded colour profile is not applied, and 16-bit samples lose their low byte (Pillow cuts those of colours so; its
 * grey saturates, which is not followed).
 */
final class Decoder {
    private static final long LEAST_PIXELS = 8;
    private static final long MOST_PIXELS = 100_000_000;
    private static final long MOST_RESIZED = 8_000_000;

    static {
        ImageIO.setUseCache(false);
    }

    private Decoder() {}

    /**
     * Decodes a picture and resizes it so that its short side is that of the preparation. An OutOfMemoryError is none
     * of the picture's faults and is thrown on.
     *
     * @throws Undecodable where the bytes are no whole picture, or one of fewer than 8 or more than 100 million pixels,
     *     or one so long and narrow that it would have more than 8 million when it is resized, for storage or scoring
     */
    static Pixels decode(byte[] file, Preparation preparation) throws Undecodable {
        return guarded(file, preparation);
    }

    /** Decodes a picture in its own size. */
    static Pixels decode(byte[] file) throws Undecodable {
        return guarded(file, null);
    }

    private static Pixels guarded(byte[] file, Preparation preparation) throws Undecodable {
        if (file.length == 0) {
            throw new Undecodable("the file is empty");
        }
        Format format = Format.of(file);
        if (format == Format.UNKNOWN) {
            throw new Undecodable("not a picture: the content is neither JPEG, PNG, GIF, BMP nor WebP");
        }
        try {
            Jpeg jpeg = format == Format.JPEG ? new Jpeg(file) : null;
            int largest = preparation == null ? 1 : preparation.largestSide();
            byte[] plain = jpeg == null ? WithoutProfile.of(format, file) : jpeg.plain();
            try (ImageInputStream in = format == Format.WEBP
                    ? new BoundedInput(plain)
                    : ImageIO.createImageInputStream(new ByteArrayInputStream(plain))) {
                ImageReader reader = reader(format, jpeg);
                try {
                    String[] warning = new String[1];
                    reader.addIIOReadWarningListener((r, text) -> warning[0] = cut(text) ? text : warning[0]);
                    reader.setInput(in, true, format != Format.JPEG);
                    long pixels = pixels(reader, largest);
                    check(format, file, pixels);
                    if (jpeg != null && preparation != null) {
                        Optional<Pixels> scaled =
                                Scaled.decode(file, jpeg, reader.getWidth(0), reader.getHeight(0), preparation);
                        if (scaled.isPresent()) {
                            return scaled.get();
                        }
                    }
                    try (DecodingMemory.Held held = DecodingMemory.PROCESS.take(pixels)) {
                        Pixels upright =
                                Upright.turn(RgbPixels.of(reader.read(0)), jpeg == null ? 1 : jpeg.orientation());
                        if (warning[0] != null) {
                            throw new Undecodable("truncated " + format + ": " + warning[0]);
                        }
                        return preparation == null ? upright : Resampler.shortSide(upright, preparation.shortSide());
                    }
                } finally {
                    reader.dispose();
                }
            }
        } catch (Undecodable e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new Undecodable("damaged " + format + ": " + reason(e));
        }
    }

    /** The pixels that the header gives, within the limits. */
    private static long pixels(ImageReader reader, int side) throws IOException {
        return pixels(reader.getWidth(0), reader.getHeight(0), side, "the header says");
    }

    /** The pixels of a picture of this size, within the limits. */
    static long pixels(int width, int height, int side, String origin) throws Undecodable {
        long pixels = (long) width * height;
        if (width < 1 || height < 1 || pixels < LEAST_PIXELS || pixels > MOST_PIXELS) {
            throw new Undecodable("expected " + LEAST_PIXELS + " to " + MOST_PIXELS + " pixels, " + origin + " " + width
                    + "x" + height);
        }
        long resized = Resampler.pixels(width, height, side);
        if (resized > MOST_RESIZED) {
            throw new Undecodable("too long and narrow: " + width + "x" + height + " resized to a short side of " + side
                    + " would have " + resized + " pixels, more than " + MOST_RESIZED);
        }
        return pixels;
    }

    private static void check(Format format, byte[] file, long pixels) throws Undecodable {
        if (Truncation.truncated(format, file)) {
            throw new Undecodable("truncated " + format + ": it ends before its end marker");
        }
        if (format == Format.JPEG && Truncation.endless(file, pixels)) {
            throw new Undecodable("more scans than a JPEG of this size has");
        }
    }

    /** Of libjpeg's warnings, those that say that data is missing; a stray byte between two markers is none of them. */
    private static boolean cut(String warning) {
        return warning.toLowerCase(Locale.ROOT).contains("premature end");
    }

    /** The JDK's reader, or TwelveMonkeys' for what that one refuses: JPEG of four components, and WebP. */
    static ImageReader reader(Format format, Jpeg jpeg) throws IOException {
        if (format == Format.WEBP) {
            return provider(WebPImageReaderSpi.class).createReaderInstance();
        }
        if (jpeg != null && jpeg.components() == 4) {
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
        return Plain.reason(text);
    }
}
