package ai.softlabel.train;

import ai.softlabel.JobException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The tasks of one stage that run in one process: they share weights and gradients, and go from phase to phase
 * together.
 */
final class Group {
    private static final Map<String, Group> GROUPS = new ConcurrentHashMap<>();
    private static final long POLL_MILLIS = 100;

    final float[] weights;
    final float[][] states;
    final float[][] gradients;
    final double[] losses;
    final Exchange exchange;
    final double[][] pieces;
    volatile double[] allLosses;
    volatile double[] allPieces;
    // Of the step that was reduced last; set by the first task before the others read it.
    volatile boolean ends;

    private final String run;
    private final String name;
    private final int tasks;
    private final double timeoutSeconds;
    private final Phaser phaser;
    private int left;
    private volatile Throwable failure;

    /**
     * @param tasks tasks in this process
     * @param replicas their replicas
     */
    private Group(
            String run,
            String name,
            int tasks,
            int replicas,
            Snapshot snapshot,
            Exchange exchange,
            double timeoutSeconds) {
        this.run = run;
        this.name = name;
        this.tasks = tasks;
        this.exchange = exchange;
        this.timeoutSeconds = timeoutSeconds;
        this.phaser = new Phaser(tasks);
        Exchange.Slice mine = exchange.mine();
        // Before the weights are borrowed: files that can't be read end this here.
        this.states = snapshot.states(mine.from(), mine.to());
        float[] start = snapshot.model().weights();
        this.weights = SharedWeights.borrow(run, start.length);
        System.arraycopy(start, 0, weights, 0, start.length);
        this.pieces = new double[tasks][];
        this.gradients = new float[replicas][];
        this.losses = new double[replicas];
    }

    /**
     * Joins the group of a stage in this process; the first to come makes it.
     *
     * @param run a name of the run, and no other's
     * @param name a name of the stage, and no other's
     */
    static Group join(
            String run,
            String name,
            int tasks,
            int replicas,
            Snapshot snapshot,
            Supplier<Exchange> exchange,
            double timeoutSeconds) {
        return GROUPS.computeIfAbsent(
                name, n -> new Group(run, n, tasks, replicas, snapshot, exchange.get(), timeoutSeconds));
    }

    /** How many tasks there are in it. */
    int tasks() {
        return tasks;
    }

    /** Where the gradients' sum goes: the first replica's own array. */
    float[] sums() {
        return gradients[0];
    }

    /** Leaves the group; the last to leave takes it away. */
    synchronized void leave() {
        if (++left == tasks) {
            GROUPS.remove(name);
            SharedWeights.giveBack(run, weights);
        }
    }

    /** Tells the others that this task failed, so that none waits for it. */
    void fail(Throwable cause) {
        failure = cause;
        phaser.forceTermination();
    }

    /** Waits until all tasks of the group have come here. */
    void await(BooleanSupplier cancelled) throws InterruptedException {
        int phase = phaser.arrive();
        long deadline = System.nanoTime() + (long) (timeoutSeconds * 1e9);
        while (true) {
            try {
                phaser.awaitAdvanceInterruptibly(phase, POLL_MILLIS, TimeUnit.MILLISECONDS);
                break;
            } catch (TimeoutException e) {
                if (cancelled.getAsBoolean()) {
                    throw new InterruptedException("the stage was cancelled");
                }
                if (System.nanoTime() > deadline) {
                    throw JobException.training(
                            "expected the replicas of one executor to finish a step within %.0f s, found that one did not; see the executor's log,"
                                    + " or raise --step-timeout",
                            timeoutSeconds);
                }
            }
        }
        if (failure != null) {
            throw new IllegalStateException(
                    "another replica of this executor failed: " + failure.getMessage(), failure);
        }
    }
}
