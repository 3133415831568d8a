package ai.softlabel;

/**
 * Something learnt from: a picture or what was made of it, with its place in the order in which its part was spread.
 */
public interface Ranked {
    /** The picture's path below the data's root. */
    String name();

    /** Its class, from 0. */
    int label();

    /** Its place in the order in which its part was spread over the replicas, from 0. */
    int rank();
}
