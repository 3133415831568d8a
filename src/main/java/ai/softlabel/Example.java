package ai.softlabel;

import java.io.Serializable;

/**
 * A decoded picture with what is known of it, as it lies in Spark's storage.
 *
 * @param name see {@link Picture#name}
 * @param annotation see {@link Picture#annotation}
 * @param rank see {@link Picture#rank}
 */
public record Example(String name, Annotation annotation, int rank, Pixels pixels) implements Ranked, Serializable {
    /** The same at another place in the order. */
    public Example at(int otherRank) {
        return new Example(name, annotation, otherRank, pixels);
    }
}
