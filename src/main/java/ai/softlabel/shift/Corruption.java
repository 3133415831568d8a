package ai.softlabel.shift;

import ai.softlabel.Pixels;
import ai.softlabel.Seeds;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.random.RandomGenerator;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * Corruptions of pictures at five strengths, by the definitions of ImageNet-C (Hendrycks and Dietterich, "Benchmarking
 * Neural Network Robustness to Common Corruptions and Perturbations", ICLR 2019): they are applied to the square that
 * the network sees, and values are cut to bytes. Those definitions are for pictures of 224 pixels; of another size a
 * blur is as wide in parts of the picture.
 */
public enum Corruption {
    /** A Gaussian kernel of a standard deviation of 1, 2, 3, 4 or 6 of 224 pixels ({@code gaussian_blur}). */
    BLUR {
        @Override
        Pixels of(Pixels p, int strength, RandomGenerator random) {
            double sigma = SIGMAS[strength - 1] * Math.min(p.width(), p.height()) / DEFINED;
            return Blur.gaussian(p, sigma);
        }
    },
    /** Gaussian noise of 0.08, 0.12, 0.18, 0.26 or 0.38 of the range, in each value ({@code gaussian_noise}). */
    NOISE {
        @Override
        Pixels of(Pixels p, int strength, RandomGenerator random) {
            byte[] out = new byte[p.rgb().length];
            for (int i = 0; i < out.length; i++) {
                out[i] = cut((p.rgb()[i] & 0xFF) / 255.0 + NOISES[strength - 1] * random.nextGaussian());
            }
            return new Pixels(p.width(), p.height(), out);
        }
    },
    /** JPEG of quality 25, 18, 15, 10 or 7 ({@code jpeg_compression}). */
    JPEG {
        @Override
        Pixels of(Pixels p, int strength, RandomGenerator random) {
            return compressed(p, QUALITIES[strength - 1]);
        }
    },
    /** The V of HSV raised by 0.1, 0.2, 0.3, 0.4 or 0.5 ({@code brightness}). */
    BRIGHTNESS {
        @Override
        Pixels of(Pixels p, int strength, RandomGenerator random) {
            return brighter(p, strength / 10.0);
        }
    },
    /** Shrunk to 0.6, 0.5, 0.4, 0.3 or 0.25 of its side and back, both by a box filter ({@code pixelate}). */
    LOW_RESOLUTION {
        @Override
        Pixels of(Pixels p, int strength, RandomGenerator random) {
            double share = SHARES[strength - 1];
            int width = Math.max(1, (int) (p.width() * share));
            int height = Math.max(1, (int) (p.height() * share));
            return Box.resize(Box.resize(p, width, height), p.width(), p.height());
        }
    };

    /** The number of strengths. */
    public static final int STRENGTHS = 5;

    private static final double DEFINED = 224;
    private static final double[] SIGMAS = {1, 2, 3, 4, 6};
    private static final double[] NOISES = {0.08, 0.12, 0.18, 0.26, 0.38};
    private static final float[] QUALITIES = {0.25f, 0.18f, 0.15f, 0.10f, 0.07f};
    private static final double[] SHARES = {0.6, 0.5, 0.4, 0.3, 0.25};

    /** Its name in reports, such as {@code low-resolution}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * A picture's middle, corrupted. Noise follows from the picture's name, so that it is the same in every run.
     *
     * @param side of the square in pixels, at most the picture's short side
     * @param strength 1 to 5
     * @param name the picture's
     */
    public Pixels of(Pixels p, int side, int strength, String name) {
        if (strength < 1 || strength > STRENGTHS) {
            throw new IllegalArgumentException("expected a strength from 1 to " + STRENGTHS + ", found " + strength);
        }
        return of(middle(p, side), strength, Seeds.stream(0, "corruption", text(), strength, name));
    }

    abstract Pixels of(Pixels p, int strength, RandomGenerator random);

    /** The square in the middle, as the network sees it. */
    static Pixels middle(Pixels p, int side) {
        int x = (p.width() - side) / 2;
        int y = (p.height() - side) / 2;
        byte[] out = new byte[3 * side * side];
        for (int row = 0; row < side; row++) {
            System.arraycopy(p.rgb(), 3 * ((y + row) * p.width() + x), out, 3 * row * side, 3 * side);
        }
        return new Pixels(side, side, out);
    }

    /** A value of 0 to 1 as a byte, rounded down as the definitions' conversion does. */
    static byte cut(double value) {
        // A rounding error must not make 254 of 255.
        return (byte) (int) (255 * Math.min(1, Math.max(0, value)) + 1e-6);
    }

    private static Pixels compressed(Pixels p, float quality) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream to = ImageIO.createImageOutputStream(bytes)) {
            ImageWriteParam how = writer.getDefaultWriteParam();
            how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            how.setCompressionQuality(quality);
            writer.setOutput(to);
            writer.write(null, new IIOImage(Images.of(p), null, null), how);
            to.flush();
            return Images.pixels(ImageIO.read(new ByteArrayInputStream(bytes.toByteArray())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
    }

    /** With the hue and the saturation as they are, all three values grow by the ratio of the new V to the old one. */
    private static Pixels brighter(Pixels p, double by) {
        byte[] out = new byte[p.rgb().length];
        for (int i = 0; i < out.length; i += 3) {
            int most = 0;
            for (int c = 0; c < 3; c++) {
                most = Math.max(most, p.rgb()[i + c] & 0xFF);
            }
            double raised = Math.min(1, most / 255.0 + by);
            if (most == 0) {
                // Black has no hue, and a saturation of 0.
                Arrays.fill(out, i, i + 3, cut(raised));
            } else {
                for (int c = 0; c < 3; c++) {
                    out[i + c] = cut((p.rgb()[i + c] & 0xFF) * raised / most);
                }
            }
        }
        return new Pixels(p.width(), p.height(), out);
    }
}
