package ai.softlabel.spark;

import org.apache.spark.broadcast.Broadcast;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of broadcasts. */
public final class Broadcasts {
    private static final Logger LOG = LoggerFactory.getLogger(Broadcasts.class);

    private Broadcasts() {}

    /**
     * Removes a broadcast that no task reads any more, everywhere, and comes back when it is gone. Spark's own
     * {@code destroy()} comes back before, and its cleaner, which removes what the program no longer refers to, may
     * then be at the same blocks at the same time, which shows as warnings and errors in its log.
     */
    public static void destroy(Broadcast<?> broadcast) {
        try {
            broadcast.destroy(true);
        } catch (RuntimeException e) {
            // An executor that does not answer is another's news, and its copy ends with it.
            LOG.debug("broadcast {} is not gone from every executor", broadcast.id(), e);
        }
    }
}
