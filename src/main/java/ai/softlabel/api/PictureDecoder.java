package ai.softlabel.api;

import ai.softlabel.Pixels;
import ai.softlabel.data.InMemory;
import ai.softlabel.data.Preparation;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Pictures of a caller as upright pixels for a network, with the API's exceptions.
 *
 * @param preparation what the network's pictures are made by
 */
record PictureDecoder(Preparation preparation) {
    /**
     * Pixels of a picture of any kind that {@link Classifier#classifyAll} takes.
     *
     * @throws PictureException if it can't be used
     * @throws IllegalArgumentException if it is of another kind
     */
    Pixels pixelsOfAny(Object picture) {
        if (picture instanceof BufferedImage image) {
            return pixels(image);
        } else if (picture instanceof byte[] bytes) {
            return pixels(bytes);
        } else if (picture instanceof Path path) {
            return pixels(path);
        }
        throw new IllegalArgumentException("expected a BufferedImage, a byte[] or a Path, found "
                + (picture == null ? "null" : picture.getClass().getName()));
    }

    Pixels pixels(BufferedImage picture) {
        try {
            return InMemory.resized(picture, preparation.imageSize());
        } catch (IOException e) {
            throw unusable("this image", e);
        }
    }

    Pixels pixels(byte[] picture) {
        return decoded("these bytes", picture);
    }

    Pixels pixels(Path picture) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(picture);
        } catch (IOException e) {
            throw new UncheckedIOException("expected to read " + picture + ", found " + e, e);
        }
        return decoded(picture.toString(), bytes);
    }

    private Pixels decoded(String what, byte[] picture) {
        try {
            return InMemory.decoded(picture, preparation);
        } catch (IOException e) {
            throw unusable(what, e);
        }
    }

    private static PictureException unusable(String what, IOException reason) {
        return new PictureException(
                "expected " + what + " to be a picture that can be used, found: " + reason.getMessage(), reason);
    }
}
