package ai.softlabel.spark;

import org.apache.spark.util.kvstore.KVStore;

/** Keeps a tab's state in an application's store up to date. */
final class TabListener extends WatchedListener {
    private final TabContent content;
    private final TabContent.Recorder recorder;
    private final KVStore store;

    TabListener(TabContent content, KVStore store) {
        this.content = content;
        this.recorder = content.recorder();
        this.store = store;
    }

    @Override
    protected void watched(WatchedEvent event) {
        recorder.take(event);
        try {
            store.write(new TabState(content.name(), recorder.state()));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
