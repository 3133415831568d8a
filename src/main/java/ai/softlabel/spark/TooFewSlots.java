package ai.softlabel.spark;

import ai.softlabel.JobException;

/** Executors were lost, and none took their place in time. */
public final class TooFewSlots extends Exception {
    private static final long serialVersionUID = 1;

    private final int wanted;
    private final int slots;
    private final double seconds;

    TooFewSlots(int wanted, int slots, double seconds) {
        super(slots + " of " + wanted + " task slots");
        this.wanted = wanted;
        this.slots = slots;
        this.seconds = seconds;
    }

    /** Task slots that there are. */
    public int slots() {
        return slots;
    }

    /** Seconds for which there were too few. */
    public double seconds() {
        return seconds;
    }

    /**
     * What a user is told: status 4.
     *
     * @param advice what the user can do about it
     */
    public JobException told(String advice) {
        return JobException.training(
                "expected %d task slots, one for each task of a stage that runs as a whole, found %d for %.0f s, for"
                        + " executors were lost and none came in their place; %s",
                wanted, slots, seconds, advice);
    }
}
