package ai.softlabel.data;

import java.io.Serializable;

/**
 * What is made of a picture before it is kept or scored.
 *
 * @param imageSize the network's picture size for scoring
 * @param shortSide the short side that pictures are resized to, in pixels
 * @param decoding how files become pixels
 */
public record Preparation(int imageSize, int shortSide, Decoding decoding) implements Serializable {
    /** As scoring has it: the short side is {@link Preprocessing#shortSide}. */
    public Preparation(int imageSize, Decoding decoding) {
        this(imageSize, Preprocessing.shortSide(imageSize), decoding);
    }

    /** As scoring has it, with every pixel decoded. */
    public static Preparation full(int imageSize) {
        return new Preparation(imageSize, Decoding.FULL);
    }

    /** The larger of its own short side and scoring's: what can't be resized to both is not used. */
    int largestSide() {
        return Math.max(shortSide, Preprocessing.shortSide(imageSize));
    }
}
