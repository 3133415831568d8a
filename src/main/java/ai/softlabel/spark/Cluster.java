package ai.softlabel.spark;

import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.BlockManagerId;
import scala.Tuple2;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The executors and task slots of a running application.
 *
 * @param executors processes that run tasks; 1 in local mode
 * @param slots tasks that can run at once
 * @param coresPerExecutor cores of each
 */
public record Cluster(int executors, int slots, int coresPerExecutor) {
    private static final Pattern LOCAL_CLUSTER =
            Pattern.compile("local-cluster\\[\\s*(\\d+)\\s*,\\s*(\\d+)\\s*,\\s*(\\d+)\\s*]");
    private static final long POLL_MILLIS = 100;
    private static final int STABLE_POLLS = 20;
    private static final int MOST_POLLS = 600;

    /**
     * Waits until the executors asked for are there and can store, or until all that are there can and no more have
     * come for two seconds, and counts.
     */
    public static Cluster await(JavaSparkContext spark) throws InterruptedException {
        int wanted = wanted(spark.getConf());
        int seen = -1;
        int stable = 0;
        for (int i = 0; i < MOST_POLLS; i++) {
            int executors = executors(spark);
            // The slots of one that can't store yet are there already.
            boolean all = ready(spark) == executors;
            if (all && executors >= wanted && (wanted > 0 || executors > 0 && stable >= STABLE_POLLS)) {
                break;
            }
            stable = all && executors == seen ? stable + 1 : 0;
            seen = executors;
            Thread.sleep(POLL_MILLIS);
        }
        int executors = executors(spark);
        int slots = slots(spark.sc());
        int cpus = spark.getConf().getInt("spark.task.cpus", 1);
        return new Cluster(executors, slots, Math.max(1, slots * cpus / Math.max(1, executors)));
    }

    /** Threads that each of so many tasks may use, if all run at once, evenly over the executors. */
    public int threads(int tasks) {
        int tasksPerExecutor = Math.max(1, (tasks + executors - 1) / executors);
        return Math.max(1, coresPerExecutor / tasksPerExecutor);
    }

    /** On how many executors like those of the start so many slots are, at least. */
    public int executorsOf(int ofSlots) {
        int each = Math.max(1, (slots + executors - 1) / Math.max(1, executors));
        return Math.max(1, (ofSlots + each - 1) / each);
    }

    /** Bytes that are free in the executors' storage memory, all together. */
    public static long freeStorage(JavaSparkContext spark) {
        Map<BlockManagerId, Tuple2<Object, Object>> found =
                CollectionConverters.asJava(spark.env().blockManager().master().getMemoryStatus());
        boolean alone = found.size() == 1;
        return found.entrySet().stream()
                .filter(e -> alone || !e.getKey().isDriver())
                .mapToLong(e -> (Long) e.getValue()._2())
                .sum();
    }

    /** Tasks that can run at once now. */
    public static int slots(JavaSparkContext spark) {
        return slots(spark.sc());
    }

    static int slots(SparkContext spark) {
        return spark.maxNumConcurrentTasks(spark.resourceProfileManager().defaultResourceProfile());
    }

    /** The worker's memory in MiB that a {@code local-cluster} master gives, or 0 for another master. */
    public static int localClusterMemory(String master) {
        Matcher m = LOCAL_CLUSTER.matcher(master);
        return m.matches() ? Integer.parseInt(m.group(3)) : 0;
    }

    private static int wanted(SparkConf conf) {
        String master = conf.get("spark.master", "");
        if (master.startsWith("local") && !master.startsWith("local-cluster")) {
            return 1;
        }
        if (conf.getBoolean("spark.dynamicAllocation.enabled", false)) {
            // As many as there is work for.
            return 0;
        }
        Matcher m = LOCAL_CLUSTER.matcher(master);
        return m.matches() ? Integer.parseInt(m.group(1)) : conf.getInt("spark.executor.instances", 0);
    }

    /** Executors that can store: one registers for that some time after Spark lists it. */
    private static int ready(JavaSparkContext spark) {
        int store = spark.env().blockManager().master().getMemoryStatus().size() - 1;
        return spark.sc().isLocal() ? 1 : Math.min(executors(spark), store);
    }

    /** Executors that there are now; the driver stands among them, and in local mode it is the one. */
    private static int executors(JavaSparkContext spark) {
        int all = (int)
                Arrays.stream(spark.sc().statusTracker().getExecutorInfos()).count();
        return spark.sc().isLocal() ? 1 : all - 1;
    }
}
