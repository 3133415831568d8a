package ai.softlabel.train;

/**
 * What there is in an executor's heap for the pictures that its replicas have at a time.
 *
 * @param heap bytes of the whole heap
 */
public record Room(long heap) {
    /** The rest is for networks, batches and Spark. */
    private static final double SHARE = 0.6;

    /** Whether so many replicas' pictures fit. */
    public boolean holds(int replicas, long replicaBytes) {
        return (double) replicas * replicaBytes <= SHARE * heap;
    }

    /** The most MB for each of so many replicas. */
    public long most(int replicas) {
        return (long) (SHARE * heap / replicas) >> 20;
    }
}
