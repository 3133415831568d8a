package ai.softlabel.spark;

import ai.softlabel.JobException;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import scala.Function1;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Runs one function on every partition at once, as a barrier stage: all tasks run together, and all are repeated if one
 * is lost.
 */
public final class BarrierStage {
    private BarrierStage() {}

    /** What a task does. */
    @FunctionalInterface
    public interface Task<T, R> extends Serializable {
        R run(Iterator<T> partition, StageContext context) throws Exception;
    }

    /** Serializable scala functions, for lambdas. */
    private interface Function<A, B> extends Function1<A, B>, Serializable {}

    /**
     * Runs a stage. Executors that are lost may be replaced by others; the stage waits for those.
     *
     * @param patience seconds that the stage may be without a slot for each of its tasks
     * @return the tasks' results, in the order of the partitions
     * @throws JobException of status 4 where executors were lost and none took their place in time
     */
    public static <T, R extends Serializable> List<R> run(
            JavaRDD<T> rdd, Class<R> type, Task<T, R> task, double patience) throws Exception {
        ClassTag<R> tag = ClassTag$.MODULE$.apply(type);
        Function<scala.collection.Iterator<T>, scala.collection.Iterator<R>> function = partition -> {
            try {
                R result = task.run(CollectionConverters.asJava(partition), new StageContext(BarrierTaskContext.get()));
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

    /** Spark itself would wait without an end for the slots of a barrier stage that it repeats. */
    private static <R> List<R> await(JavaFutureAction<List<R>> results, JavaRDD<?> rdd, double patience)
            throws Exception {
        int needed = rdd.getNumPartitions();
        long enough = System.nanoTime();
        while (true) {
            try {
                return results.get(1, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                int slots = Cluster.slots(rdd.context());
                long now = System.nanoTime();
                if (slots >= needed) {
                    enough = now;
                } else if (now - enough > patience * 1e9) {
                    results.cancel(true);
                    throw JobException.training(
                            "expected %d task slots, one for each task of a stage that runs as a whole, found %d for %.0f s, for executors were lost and none came"
                                    + " in their place; add a worker and go on with --resume",
                            needed, slots, patience);
                }
            } catch (ExecutionException e) {
                throw e.getCause() instanceof Exception cause ? cause : e;
            }
        }
    }
}
