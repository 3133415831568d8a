package ai.softlabel.data;

import java.io.Serializable;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How pictures are kept in Spark's storage. It decides the order of training only where a replica's pictures are more
 * than a window holds ({@link Blocking}); the form never changes a weight.
 *
 * @param form what is stored of a picture
 * @param windowMegabytes memory of a replica for the pictures that it shuffles at a time, in MiB, at least 1
 */
public record Storing(Form form, int windowMegabytes) implements Serializable {
    /** Of each replica: 4,096 pictures stored at 256 pixels, 12,590 at 146. */
    public static final int WINDOW_MEGABYTES = 1024;

    private static final Pattern TEXT = Pattern.compile("(decoded|encoded|auto)(?::([1-9]\\d{0,5}))?");

    /** What is stored of a picture. */
    public enum Form {
        /** Its pixels, resized: decoded once. */
        DECODED,
        /** Its file's bytes: decoded in each pass, ahead of the steps. */
        ENCODED,
        /** Pixels where the executors' storage memory has room for them, otherwise whatever is smaller. */
        AUTO;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Storing {
        if (windowMegabytes < 1) {
            throw new IllegalArgumentException("expected a window of at least 1 MiB, found " + windowMegabytes);
        }
    }

    /** A form, and after a colon the window's MiB: "auto", "decoded:512"; empty for what is not that. */
    public static Optional<Storing> parse(String text) {
        Matcher m = TEXT.matcher(text);
        return m.matches()
                ? Optional.of(new Storing(
                        Form.valueOf(m.group(1).toUpperCase(Locale.ROOT)),
                        m.group(2) == null ? WINDOW_MEGABYTES : Integer.parseInt(m.group(2))))
                : Optional.empty();
    }

    public static Storing standard() {
        return new Storing(Form.AUTO, WINDOW_MEGABYTES);
    }

    /**
     * Bytes that a stored picture is reckoned with: three for each pixel of a picture of 4:3.
     *
     * @param shortSide its short side in pixels
     */
    public static long pictureBytes(int shortSide) {
        return 4L * shortSide * shortSide;
    }

    /** How many items of that size a window holds, at least 1. */
    public int window(long itemBytes) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, windowBytes() / itemBytes));
    }

    /** A window's bytes. */
    public long windowBytes() {
        return (long) windowMegabytes << 20;
    }
}
