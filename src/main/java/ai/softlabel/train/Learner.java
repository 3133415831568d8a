package ai.softlabel.train;

/**
 * The work of a replica in a step, for training the whole model or only the head. It belongs to the thread that made
 * it.
 */
interface Learner extends AutoCloseable {
    /** Puts batch {@code index} of the epoch in place; an index past the epoch's end starts over. */
    void assemble(int index);

    /** Forward and backward over that batch: the mean loss, or NaN where a logit is not finite. */
    double compute();

    /** The flat gradient that {@link #compute} left. */
    float[] gradient();

    /** Its own running statistics, or null where they are fixed. */
    float[] statistics();

    /** What the loss has gathered in this epoch; empty where it learns nothing. */
    double[] gathered();

    /** What it has of its own, to go on from after the last batch. */
    ReplicaState state();

    /** Ends an epoch: the threads that read ahead for it. */
    void finish();

    @Override
    void close();
}
