package ai.softlabel;

import java.io.Serializable;

/**
 * A decoded picture, upright.
 *
 * @param rgb red, green and blue, 0 to 255 as unsigned bytes, row by row from the top left: 3 · width · height
 */
public record Pixels(int width, int height, byte[] rgb) implements Serializable {
    public Pixels {
        if (rgb.length != 3 * width * height) {
            throw new IllegalArgumentException(
                    "expected " + 3 * width * height + " bytes for " + width + "x" + height + ", found " + rgb.length);
        }
    }
}
