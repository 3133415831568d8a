package ai.softlabel.spark;

import ai.softlabel.JobException;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Function1;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Runs one function on every partition at once, as a barrier stage: all tasks run together, and all are run again if an
 * executor is lost.
 */
public final class BarrierStage {
    private static final Logger LOG = LoggerFactory.getLogger(BarrierStage.class);
    private static final int ATTEMPTS = 4;
    private static final long POLL_MILLIS = 1000;
    // From a task's failure to Spark's word that its peer is gone.
    private static final long SETTLE_MILLIS = 5000;

    private BarrierStage() {}

    /** What a task does. */
    @FunctionalInterface
    public interface Task<T, R> extends Serializable {
        R run(Iterator<T> partition, StageContext context) throws Exception;
    }

    /** Serializable scala functions, for lambdas. */
    private interface Function<A, B> extends Function1<A, B>, Serializable {}

    /**
     * Runs a stage. Where an executor is lost, the whole stage is run again, at most {@value #ATTEMPTS} times, as soon
     * as there is a slot for each of its tasks: Spark itself gives up a job whose last stage is a barrier stage.
     *
     * @param patience seconds that the stage may be without those slots
     * @return the tasks' results, in the order of the partitions
     * @throws JobException of status 4 where executors were lost and none took their place in time, or what a task
     *     threw
     * @throws TaskFailure where a task failed with anything else
     */
    public static <T, R extends Serializable> List<R> run(
            JavaRDD<T> rdd, Class<R> type, Task<T, R> task, double patience) throws Exception {
        for (int attempt = 1; ; attempt++) {
            // Of a cryptographic generator: 122 random bits.
            String token = UUID.randomUUID().toString();
            try (StageListener listener = new StageListener(rdd.context(), token)) {
                try {
                    return once(rdd, type, task, patience, token);
                } catch (JobException e) {
                    throw e;
                } catch (Exception e) {
                    listener.awaitEnd(SETTLE_MILLIS);
                    // What is ours to say needs no second try.
                    if (listener.ours() != null) {
                        throw listener.ours();
                    }
                    if (attempt == ATTEMPTS || !listener.lost(SETTLE_MILLIS)) {
                        throw listener.first() == null ? e : new TaskFailure(listener.first(), e);
                    }
                    LOG.warn("an executor was lost: the stage is run again, attempt {} of {}", attempt + 1, ATTEMPTS);
                    awaitSlots(rdd, patience);
                }
            }
        }
    }

    private static void awaitSlots(JavaRDD<?> rdd, double patience) throws InterruptedException {
        long begun = System.nanoTime();
        while (Cluster.slots(rdd.context()) < rdd.getNumPartitions()) {
            if (System.nanoTime() - begun > patience * 1e9) {
                throw noSlots(rdd, patience);
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private static JobException noSlots(JavaRDD<?> rdd, double patience) {
        return JobException.training(
                "expected %d task slots, one for each task of a stage that runs as a whole, found %d for %.0f s, for executors were lost and none came"
                        + " in their place; add a worker and go on with --resume",
                rdd.getNumPartitions(), Cluster.slots(rdd.context()), patience);
    }

    private static <T, R extends Serializable> List<R> once(
            JavaRDD<T> rdd, Class<R> type, Task<T, R> task, double patience, String token) throws Exception {
        ClassTag<R> tag = ClassTag$.MODULE$.apply(type);
        Function<scala.collection.Iterator<T>, scala.collection.Iterator<R>> function = partition -> {
            try {
                R result = task.run(
                        CollectionConverters.asJava(partition), new StageContext(BarrierTaskContext.get(), token));
                return CollectionConverters.asScala(List.of(result).iterator());
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e.getMessage(), e);
            }
        };
        RDD<R> results = rdd.rdd().barrier().mapPartitions(function, false, tag);
        return await(new JavaRDD<>(results, tag).collectAsync(), rdd, patience);
    }

    /** Spark itself would wait without an end for slots that are gone before the stage has begun. */
    private static <R> List<R> await(JavaFutureAction<List<R>> results, JavaRDD<?> rdd, double patience)
            throws Exception {
        long enough = System.nanoTime();
        while (true) {
            try {
                return results.get(1, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                long now = System.nanoTime();
                if (Cluster.slots(rdd.context()) >= rdd.getNumPartitions()) {
                    enough = now;
                } else if (now - enough > patience * 1e9) {
                    results.cancel(true);
                    throw noSlots(rdd, patience);
                }
            } catch (ExecutionException e) {
                throw e.getCause() instanceof Exception cause ? cause : e;
            }
        }
    }
}
