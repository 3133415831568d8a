package ai.softlabel.spark;

import ai.softlabel.JobException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.ExceptionFailure;
import org.apache.spark.ExecutorLostFailure;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.storage.BlockSavedOnDecommissionedBlockManagerException;
import scala.jdk.javaapi.CollectionConverters;

/**
 * What Spark knows of one try of a stage that its job's exception does not carry: the exceptions of its tasks, and
 * whether executors were lost. The jobs are found by a property of the thread that submits them. The stage's may have
 * one before it; exceptions are those of the last one.
 */
final class StageListener extends SparkListener implements AutoCloseable {
    private static final String PROPERTY = "softlabel.stage";
    private static final String STORES_NOTHING = BlockSavedOnDecommissionedBlockManagerException.class.getName();

    private final CountDownLatch lost = new CountDownLatch(1);
    private final SparkContext spark;
    private final String token;
    private final Set<Integer> stages = new HashSet<>();
    private int job = -1;
    private int submitted;
    private int ended;
    private boolean taskLost;
    private JobException ours;
    private Throwable first;

    /** @param token the stage's own */
    StageListener(SparkContext spark, String token) {
        this.spark = spark;
        this.token = token;
        spark.addSparkListener(this);
        spark.setLocalProperty(PROPERTY, token);
    }

    /** A job of this try is submitted next; the one before has ended well. */
    synchronized void submits() {
        submitted++;
    }

    @Override
    public synchronized void onJobStart(SparkListenerJobStart start) {
        if (start.properties() != null && token.equals(start.properties().getProperty(PROPERTY))) {
            job = start.jobId();
            stages.clear();
            taskLost = false;
            ours = null;
            first = null;
            CollectionConverters.asJava(start.stageIds()).forEach(id -> stages.add((Integer) id));
        }
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
        if (!stages.contains(end.stageId())) {
            return;
        }
        if (end.reason() instanceof ExecutorLostFailure) {
            taskLost = true;
        } else if (end.reason() instanceof ExceptionFailure failure
                && failure.className().equals(STORES_NOTHING)) {
            // It is as good as gone, though Spark may keep it for a while.
            taskLost = true;
            lost.countDown();
        } else if (end.reason() instanceof ExceptionFailure failure) {
            Throwable thrown = failure.exception().getOrElse(() -> new IllegalStateException(failure.description()));
            first = first == null ? thrown : first;
            // What a task says after a peer is gone is about that.
            if (ours == null && !taskLost) {
                ours = ours(thrown);
            }
        }
    }

    @Override
    public synchronized void onJobEnd(SparkListenerJobEnd end) {
        if (end.jobId() == job) {
            ended++;
            notifyAll();
        }
    }

    @Override
    public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
        lost.countDown();
    }

    /**
     * Whether one was lost since this began to listen, or is within so many milliseconds from now; one that is
     * decommissioned and could not store what it was to counts as lost.
     */
    boolean lost(long millis) throws InterruptedException {
        return lost.await(millis, TimeUnit.MILLISECONDS);
    }

    /** Waits until all is known of a job that failed, at most so many milliseconds. */
    synchronized void awaitEnd(long millis) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = millis; ended < submitted && left > 0; ) {
            wait(left);
            left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
        }
    }

    /** What a task of ours said of its failure, or null. */
    synchronized JobException ours() {
        return ours;
    }

    private static JobException ours(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof JobException found) {
                return found;
            }
        }
        return null;
    }

    /** What the first task that failed was ended by, or null. */
    synchronized Throwable first() {
        return first;
    }

    @Override
    public void close() {
        spark.setLocalProperty(PROPERTY, null);
        spark.removeSparkListener(this);
    }
}
