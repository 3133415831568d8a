package ai.softlabel.fuzz;

import ai.softlabel.live.LiveTargets;

/** Any bytes as an event log. */
public final class EventLogFuzz {
    private EventLogFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        LiveTargets.events(input);
    }
}
