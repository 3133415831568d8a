package ai.softlabel.train;

/**
 * What there is in an executor's heap for its replicas' windows of pictures.
 *
 * @param heap bytes of the whole heap
 * @param windowMegabytes size of a replica's window; 0 where nothing lies in windows
 */
public record Room(long heap, int windowMegabytes) {
    /** Where nothing lies in windows. */
    public static final Room ANY = new Room(Long.MAX_VALUE, 0);

    /** The rest is for networks, batches and Spark. */
    private static final double SHARE = 0.6;

    /** Whether so many replicas' windows fit. */
    public boolean holds(int replicas) {
        return (double) replicas * ((long) windowMegabytes << 20) <= SHARE * heap;
    }

    /** The largest window in MB that fits so many times. */
    public long most(int replicas) {
        return (long) (SHARE * heap / replicas) >> 20;
    }
}
