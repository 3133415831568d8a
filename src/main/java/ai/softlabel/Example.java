package ai.softlabel;

import java.io.Serializable;

/**
 * A decoded picture with what is known of it, as it lies in Spark's storage.
 *
 * @param name see {@link Picture#name}
 * @param annotation see {@link Picture#annotation}
 * @param rank see {@link Picture#rank}
 * @param pixels what random crops are cut from
 * @param scored what is scored: the same, unless training pictures are stored at a size of their own
 */
public record Example(String name, Annotation annotation, int rank, Pixels pixels, Pixels scored)
        implements Ranked, Serializable {
    /** A picture of one size for both. */
    public Example(String name, Annotation annotation, int rank, Pixels pixels) {
        this(name, annotation, rank, pixels, pixels);
    }

    /** The same at another place in the order. */
    public Example at(int otherRank) {
        return new Example(name, annotation, otherRank, pixels, scored);
    }
}
