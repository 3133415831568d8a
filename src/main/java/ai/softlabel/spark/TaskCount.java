package ai.softlabel.spark;

import java.io.Serializable;

/** Counts what a task has done, and tells the driver twice a second. */
public final class TaskCount {
    private static final double SECONDS = 0.5;

    private final String what;
    private final int partition;
    private int done;
    private long told = System.nanoTime();

    /**
     * @param what a name of the work, the same in all its tasks
     * @param partition the task's, from 0
     */
    public TaskCount(String what, int partition) {
        this.what = what;
        this.partition = partition;
    }

    /**
     * How far a partition is.
     *
     * @param done items that are done, from its first one on
     * @param before whether they were done before this run
     */
    public record Message(String what, int partition, int done, boolean before) implements Serializable {}

    public void add(int more) {
        done += more;
        long now = System.nanoTime();
        if (now - told > SECONDS * 1e9) {
            told = now;
            LiveChannel.send(new Message(what, partition, done, false));
        }
    }

    /** The last message; without it the driver would miss what came after the one before. */
    public void end() {
        LiveChannel.send(new Message(what, partition, done, false));
    }

    /** All of the partition was done before this run. */
    public void before(int all) {
        LiveChannel.send(new Message(what, partition, all, true));
    }
}
