package ai.softlabel.spark;

import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.BarrierTaskContext;
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
     * Runs a stage.
     *
     * @return the tasks' results, in the order of the partitions
     */
    public static <T, R extends Serializable> List<R> run(JavaRDD<T> rdd, Class<R> type, Task<T, R> task) {
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
        return new JavaRDD<>(results, tag).collect();
    }
}
