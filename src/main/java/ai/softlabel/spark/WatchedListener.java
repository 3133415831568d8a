package ai.softlabel.spark;

import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerEvent;

/** Receives training events from Spark's listener bus. */
public abstract class WatchedListener extends SparkListener {
    /** Receives an event; called in the order of the events, on one thread. */
    protected abstract void watched(WatchedEvent event);

    @Override
    public final void onOtherEvent(SparkListenerEvent event) {
        if (event instanceof WatchedEvent watched) {
            watched(watched);
        }
    }
}
