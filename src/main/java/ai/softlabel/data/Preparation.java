package ai.softlabel.data;

import java.io.Serializable;

/**
 * What is made of a picture before it is kept or scored.
 *
 * @param imageSize the network's picture size, which decides the short side that pictures are resized to
 *     ({@link Preprocessing#shortSide})
 * @param decoding how files become pixels
 */
public record Preparation(int imageSize, Decoding decoding) implements Serializable {
    /** With every pixel decoded. */
    public static Preparation full(int imageSize) {
        return new Preparation(imageSize, Decoding.FULL);
    }

    int shortSide() {
        return Preprocessing.shortSide(imageSize);
    }
}
