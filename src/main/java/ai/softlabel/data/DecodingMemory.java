package ai.softlabel.data;

import java.util.concurrent.Semaphore;

/**
 * The memory that a process decodes pictures in. A picture takes what it may need, by its header, before it is decoded,
 * and waits for others to end where that is not free, so that no picture fails by another's size.
 */
final class DecodingMemory {
    /** Bytes for each pixel that a decoder and what makes bytes of its result may use at a time; a test measures it. */
    static final int BYTES_PER_PIXEL = 16;

    /** Share of the heap; Spark's own storage and execution take 0.6 of it. */
    private static final double SHARE = 0.35;

    private static final int UNIT = 1 << 16;

    /** This process's. */
    static final DecodingMemory PROCESS =
            new DecodingMemory((long) (SHARE * Runtime.getRuntime().maxMemory()));

    private final int units;
    private final Semaphore free;

    DecodingMemory(long bytes) {
        units = (int) Math.min(bytes / UNIT, Integer.MAX_VALUE);
        // Fair, so that small pictures do not keep a large one waiting for ever.
        free = new Semaphore(units, true);
    }

    /** Memory that is held until it is closed. */
    interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Takes memory for a picture, as soon as there is enough.
     *
     * @throws Undecodable where there could never be
     */
    Held take(long pixels) throws Undecodable {
        long wanted = (pixels * BYTES_PER_PIXEL + UNIT - 1) / UNIT;
        if (wanted > units) {
            throw new Undecodable(String.format(
                    "its %d pixels may need %d MB to decode, and an executor decodes in %d MB (%.0f %% of its heap); scale it down or give executors more memory",
                    pixels, wanted * UNIT >> 20, (long) units * UNIT >> 20, 100 * SHARE));
        }
        free.acquireUninterruptibly((int) wanted);
        return () -> free.release((int) wanted);
    }
}
