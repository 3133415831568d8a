package ai.softlabel.data;

import java.util.List;
import java.util.Locale;

/** How a picture becomes pixels. A model is trained and used with one of them: their pixels differ by some levels. */
public enum Decoding {
    /** Every pixel of a file is decoded, then the picture is resized. */
    FULL,
    /**
     * A JPEG that is at least 2, 4 or 8 times as large as wanted is decoded at a half, a quarter or an eighth of its
     * size, never below the size wanted, then resized. All other pictures are as with {@link #FULL}, to the bit.
     */
    SCALED;

    private static final int MOST = 8;

    /** As on the command line and in {@code model.json}. */
    public static final List<String> WORDS = List.of(FULL.word(), SCALED.word());

    /** @throws IllegalArgumentException if it is none of {@link #WORDS} */
    public static Decoding of(String word) {
        for (Decoding d : values()) {
            if (d.word().equals(word)) {
                return d;
            }
        }
        throw new IllegalArgumentException(
                "expected decode to be one of " + String.join(", ", WORDS) + ", found " + word);
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * By how much a JPEG is reduced when it is decoded: 1, 2, 4 or 8.
     *
     * @param shortSide of the file's picture, in pixels
     * @param wanted the short side that it is resized to
     */
    int reduction(int shortSide, int wanted) {
        int reduction = this == FULL ? 1 : MOST;
        while (reduction > 1 && shortSide < (long) reduction * wanted) {
            reduction /= 2;
        }
        return reduction;
    }
}
