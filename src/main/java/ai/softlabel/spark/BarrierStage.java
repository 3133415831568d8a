package ai.softlabel.spark;

import ai.softlabel.JobException;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
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

    private static final Set<String> RUNNING = ConcurrentHashMap.newKeySet();

    private BarrierStage() {}

    /** Whether a stage has ended, with its results on the driver or without any; asked there. */
    static boolean over(String stage) {
        return RUNNING.stream().noneMatch(stage::startsWith);
    }

    /** What a task does. */
    @FunctionalInterface
    public interface Task<T, R> extends Serializable {
        R run(Iterator<T> partition, StageContext context) throws Exception;
    }

    /**
     * How long a stage does without the slots that it needs, in seconds.
     *
     * @param none where there is no slot at all, or it has begun: a healthy stage outlives an executor that is about to
     *     end
     * @param few where it has not begun, and there is a slot, but not one for each task
     */
    public record Patience(double none, double few) {
        /** The same for both. */
        public static Patience of(double seconds) {
            return new Patience(seconds, seconds);
        }
    }

    /**
     * What a stage runs over.
     *
     * @param over has a partition for each task
     * @param first what an ordinary job computes before the stage begins, as a part of its try; null for nothing
     */
    public record Input<T>(JavaRDD<T> over, JavaRDD<?> first) {}

    /** Serializable scala functions, for lambdas. */
    private interface Function<A, B> extends Function1<A, B>, Serializable {}

    /** Runs a stage over an RDD whose lineage Spark can compute again from the stage's own tasks. */
    public static <T, R extends Serializable> List<R> run(
            JavaRDD<T> rdd, Class<R> type, Task<T, R> task, Patience patience) throws Exception {
        return run(
                JavaSparkContext.fromSparkContext(rdd.context()),
                rdd.getNumPartitions(),
                () -> new Input<>(rdd, null),
                type,
                task,
                patience);
    }

    /**
     * Runs a stage. Where an executor is lost, the whole stage is run again, at most {@value #ATTEMPTS} times, as soon
     * as there is a slot for each of its tasks: Spark itself gives up a job whose last stage is a barrier stage.
     *
     * @param tasks how many it has
     * @param input makes what they run over, anew for each try, when the slots are there, for a try may have lost what
     *     was computed for it
     * @return the tasks' results, in the order of the partitions
     * @throws TooFewSlots where executors were lost and none took their place in time
     * @throws JobException what a task threw
     * @throws TaskFailure where a task failed with anything else
     */
    public static <T, R extends Serializable> List<R> run(
            JavaSparkContext spark,
            int tasks,
            Supplier<Input<T>> input,
            Class<R> type,
            Task<T, R> task,
            Patience patience)
            throws Exception {
        for (int attempt = 1; ; attempt++) {
            // Spark would keep a job that has not begun, and begin it whenever there are slots again.
            awaitSlots(spark, tasks, patience);
            // Of a cryptographic generator: 122 random bits.
            String token = UUID.randomUUID().toString();
            try (StageListener listener = new StageListener(spark.sc(), token)) {
                try {
                    Input<T> made = input.get();
                    if (made.first() != null) {
                        listener.submits();
                        await(made.first().countAsync(), spark.sc(), tasks, patience.none());
                        awaitSlots(spark, tasks, patience);
                    }
                    listener.submits();
                    return once(made.over(), type, task, patience, token);
                } catch (JobException | TooFewSlots e) {
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
                }
            }
        }
    }

    private static void awaitSlots(JavaSparkContext spark, int tasks, Patience patience)
            throws InterruptedException, TooFewSlots {
        long begun = System.nanoTime();
        while (true) {
            int slots = Cluster.slots(spark);
            if (slots >= tasks) {
                return;
            }
            double waited = (System.nanoTime() - begun) / 1e9;
            if (waited > (slots == 0 ? patience.none() : patience.few())) {
                throw new TooFewSlots(tasks, slots, waited);
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private static <T, R extends Serializable> List<R> once(
            JavaRDD<T> rdd, Class<R> type, Task<T, R> task, Patience patience, String token) throws Exception {
        ClassTag<Object> tag = ClassTag$.MODULE$.apply(Object.class);
        Function<scala.collection.Iterator<T>, scala.collection.Iterator<Object>> function = partition -> {
            try {
                StageContext context = new StageContext(BarrierTaskContext.get(), token);
                R result = task.run(CollectionConverters.asJava(partition), context);
                Object returned = Handover.returned(result, context);
                return CollectionConverters.asScala(List.of(returned).iterator());
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e.getMessage(), e);
            }
        };
        RDD<Object> results = rdd.rdd().barrier().mapPartitions(function, false, tag);
        RUNNING.add(token);
        try (Handover handover = Handover.open(token)) {
            List<Object> returned = await(
                    new JavaRDD<>(results, tag).collectAsync(), rdd.context(), rdd.getNumPartitions(), patience.none());
            return returned.stream().map(handover::result).map(type::cast).toList();
        } finally {
            RUNNING.remove(token);
        }
    }

    /**
     * A job's result. Spark itself would wait without an end where the last executor is gone, or slots are before a
     * stage has begun.
     */
    private static <R> R await(JavaFutureAction<R> result, SparkContext spark, int tasks, double patience)
            throws Exception {
        long enough = System.nanoTime();
        while (true) {
            try {
                return result.get(1, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                long now = System.nanoTime();
                int slots = Cluster.slots(spark);
                if (slots >= tasks) {
                    enough = now;
                } else if (now - enough > patience * 1e9) {
                    result.cancel(true);
                    throw new TooFewSlots(tasks, slots, patience);
                }
            } catch (ExecutionException e) {
                throw e.getCause() instanceof Exception cause ? cause : e;
            }
        }
    }
}
