package ai.softlabel.spark;

/**
 * A tab of the Spark UI that is made of {@link WatchedEvent}s; found by {@link java.util.ServiceLoader}, for the
 * application's UI and for the history server alike.
 */
public interface TabContent {
    /** The tab's name, one lower-case word, which is its path too. */
    String name();

    /** A class path folder whose files are served below {@code /static/NAME}. */
    String statics();

    /** Begins with an application of which nothing is known yet. */
    Recorder recorder();

    /** The tab's content as HTML, of what a recorder knew; {@code state} is null where there was no event. */
    String html(String state, String statics);

    /** Takes in an application's events. */
    interface Recorder {
        /** Takes in an event. */
        void take(WatchedEvent event);

        /** All that the tab shows, as text. */
        String state();
    }
}
