package ai.softlabel;

/**
 * Something learnt from: a picture or what was made of it, with its place in the order in which its part was spread.
 */
public interface Ranked {
    /** The picture's path below the data's root. */
    String name();

    /** What is known of it besides its pixels: labels, weight, group and part. */
    Annotation annotation();

    /** Its place in the order in which its part was spread over the replicas, from 0. */
    int rank();

    /** Its only label, from 0; see {@link Annotation#label}. */
    default int label() {
        return annotation().label();
    }
}
