package ai.softlabel.data;

import ai.softlabel.Pixels;
import ai.softlabel.jpeg.ScaledJpeg;
import java.util.Optional;

/** Decodes JPEGs that are much larger than wanted at a part of their size, see {@link Decoding#SCALED}. */
final class Scaled {
    private Scaled() {}

    /**
     * Decodes and resizes a picture whose size is within the limits.
     *
     * @param width in pixels, as the file has it; {@code height} alike
     * @return upright, with the preparation's short side; empty where every pixel must be decoded: by the preparation,
     *     by the picture's size, or because it is no baseline JPEG as the standard has them
     */
    static Optional<Pixels> decode(byte[] file, Jpeg jpeg, int width, int height, Preparation preparation) {
        int side = preparation.shortSide();
        // One that is kept can be scored too.
        int reduction = preparation.decoding().reduction(Math.min(width, height), preparation.largestSide());
        if (reduction == 1) {
            return Optional.empty();
        }
        // The decoder has the file once more.
        long pixels =
                (long) width * height / ((long) reduction * reduction) + file.length / DecodingMemory.BYTES_PER_PIXEL;
        try (DecodingMemory.Held held = DecodingMemory.PROCESS.take(pixels)) {
            return ScaledJpeg.decode(file, width, height, jpeg.luma(), reduction)
                    .map(p -> Upright.turn(
                            Resampler.resize(
                                    p,
                                    (double) width / reduction,
                                    (double) height / reduction,
                                    Resampler.length(width, height, side),
                                    Resampler.length(height, width, side)),
                            jpeg.orientation()));
        } catch (Undecodable e) {
            // With every pixel it needs more still, and that is the line to show.
            return Optional.empty();
        }
    }
}
