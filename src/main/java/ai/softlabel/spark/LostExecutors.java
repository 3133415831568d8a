package ai.softlabel.spark;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;

/** Listens for executors that Spark loses. */
final class LostExecutors extends SparkListener implements AutoCloseable {
    private final CountDownLatch lost = new CountDownLatch(1);
    private final SparkContext spark;

    LostExecutors(SparkContext spark) {
        this.spark = spark;
        spark.addSparkListener(this);
    }

    @Override
    public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
        lost.countDown();
    }

    /** Whether one was lost since this began to listen, or is within so many milliseconds from now. */
    boolean any(long millis) throws InterruptedException {
        return lost.await(millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        spark.removeSparkListener(this);
    }
}
