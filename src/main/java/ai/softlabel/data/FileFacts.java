package ai.softlabel.data;

import ai.softlabel.Pixels;
import java.io.Serializable;

/**
 * What a picture's file is, for pages about data.
 *
 * @param name its path below the root
 * @param format such as JPEG, by its content
 * @param bytes the file's size
 * @param width in pixels, once it is turned upright
 * @param height in pixels, once it is turned upright
 * @param thumbnail a small JPEG, or null where none was wanted
 */
public record FileFacts(String name, String format, int bytes, int width, int height, byte[] thumbnail)
        implements Serializable {
    /** Reads a file again; null where it can't be decoded. */
    public static FileFacts of(String name, Source source, boolean thumbnail) {
        try {
            byte[] file = Retry.reading(name, source.where(), () -> source.read(name));
            Pixels pixels = Decoder.decode(file);
            return new FileFacts(
                    name,
                    Format.of(file).toString(),
                    file.length,
                    pixels.width(),
                    pixels.height(),
                    thumbnail ? Thumbnail.jpeg(pixels) : null);
        } catch (Undecodable e) {
            return null;
        }
    }
}
