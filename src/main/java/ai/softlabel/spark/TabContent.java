package ai.softlabel.spark;

/**
 * A tab of the Spark UI that is made of {@link WatchedEvent}s; found by {@link java.util.ServiceLoader}, for the
 * application's UI and for the history server alike.
 */
public interface TabContent {
    /** The tab's name, one lower-case word, which is its path too. */
    String name();

    /** A recorder for an application without events. */
    Recorder recorder();

    /**
     * The tab's content as HTML, of what a recorder knew; {@code state} is null where there was no event. Its style
     * stands in it: Spark serves files of its own class path only.
     */
    String html(String state);

    /** The script that runs after the content; apart from it, for newer Sparks run only what they marked. */
    String script();

    /** Takes in an application's events. */
    interface Recorder {
        /** Records an event. */
        void take(WatchedEvent event);

        /** The recorded state as text. */
        String state();
    }
}
