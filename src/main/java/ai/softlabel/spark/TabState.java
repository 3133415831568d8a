package ai.softlabel.spark;

import org.apache.spark.util.kvstore.KVIndex;

/** A tab's state in an application's store, which the history server may keep on disk. */
public final class TabState {
    /** The tab's name. */
    @KVIndex
    public String name;
    /** What its recorder knew. */
    public String state;

    /** For the store, which fills the fields. */
    public TabState() {}

    TabState(String name, String state) {
        this.name = name;
        this.state = state;
    }
}
