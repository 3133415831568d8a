package ai.softlabel.spark;

import java.io.Serializable;
import java.util.function.Consumer;

/** Counts what a task, or the driver itself, has done, and tells the driver's listeners twice a second. */
public final class TaskCount {
    private static final double SECONDS = 0.5;

    private final String what;
    private final int partition;
    private final Consumer<Serializable> channel;
    private int done;
    private long told = System.nanoTime();

    /**
     * @param what a name of the work, the same in all its tasks
     * @param partition the task's, from 0
     */
    public TaskCount(String what, int partition) {
        this(what, partition, LiveChannel::send);
    }

    private TaskCount(String what, int partition, Consumer<Serializable> channel) {
        this.what = what;
        this.partition = partition;
        this.channel = channel;
    }

    /** What the driver does itself. */
    public static TaskCount onDriver(String what) {
        return new TaskCount(what, 0, LiveChannel::tell);
    }

    /**
     * How far a partition is.
     *
     * @param done items that are done, from its first one on
     * @param before whether they were done before this run
     */
    public record Message(String what, int partition, int done, boolean before) implements Serializable {}

    /** How many items all partitions together have, where that is known only after the work has begun. */
    public record Total(String what, long total) implements Serializable {}

    /** Tells how many there will be. By one thread. */
    public void expect(long total) {
        channel.accept(new Total(what, total));
    }

    /** So many more are done. By any thread, one at a time. */
    public synchronized void add(int more) {
        done += more;
        long now = System.nanoTime();
        if (now - told > SECONDS * 1e9) {
            told = now;
            channel.accept(new Message(what, partition, done, false));
        }
    }

    /** The last message; without it the driver would miss what came after the one before. */
    public synchronized void end() {
        channel.accept(new Message(what, partition, done, false));
    }

    /** All of the partition was done before this run. */
    public void before(int all) {
        channel.accept(new Message(what, partition, all, true));
    }
}
