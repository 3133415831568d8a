package ai.softlabel.api;

import java.io.Serializable;

/**
 * A picture to train on, as an element of an RDD.
 *
 * @param name unique, for the order of pictures and for reports; without content also the path or URI that is read
 * @param content a JPEG, PNG or other file's bytes, or null where they are read from the path
 * @param label its class
 */
public record LabelledPicture(String name, byte[] content, String label) implements Serializable {
    /** A picture that executors read from a path or URI. */
    public static LabelledPicture of(String path, String label) {
        return new LabelledPicture(path, null, label);
    }

    /** A picture from a file's bytes. */
    public static LabelledPicture of(String name, byte[] content, String label) {
        return new LabelledPicture(name, content, label);
    }
}
