package ai.softlabel.spark;

import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.util.kvstore.KVStore;

/** Keeps a tab's state in an application's store up to date. */
final class TabListener extends SparkListener {
    private final TabContent content;
    private final TabContent.Recorder recorder;
    private final KVStore store;

    TabListener(TabContent content, KVStore store) {
        this.content = content;
        this.recorder = content.recorder();
        this.store = store;
    }

    @Override
    public void onOtherEvent(SparkListenerEvent event) {
        if (event instanceof WatchedEvent watched) {
            recorder.take(watched);
            try {
                store.write(new TabState(content.name(), recorder.state()));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
