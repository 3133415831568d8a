package ai.softlabel.command.bench;

import ai.softlabel.spark.Cluster;
import ai.softlabel.spark.ProcessMemory;
import ai.softlabel.spark.Tasks;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What work holds in memory, on the driver and on each executor: every two seconds and at the end, the heap that is in
 * use after a collection, and what the process holds beside its heap.
 */
final class MemoryWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryWatch.class);
    private static final long SAMPLE_MILLIS = 2000;
    private static final long VISIT_MILLIS = 50;
    private static final int VISITS = 4;
    private static final int MOST_ROUNDS = 20;

    /** This process's. */
    private static Sampler current;

    private final JavaSparkContext spark;
    private final int executors;
    private final String name = UUID.randomUUID().toString();
    private boolean ended;

    /**
     * The most that a process held.
     *
     * @param executor Spark's id of it, or "driver"
     * @param heap bytes in use after a collection
     * @param beside bytes beside the heap
     * @param fixed whether the heap has one size and was touched before: otherwise what lies beside it is not known
     * @param whole whether it was watched from the beginning
     */
    record Most(String executor, long heap, long beside, boolean fixed, boolean whole) implements Serializable {}

    /**
     * What all processes held.
     *
     * @param executors those that were found; none in local mode, where the driver is the one
     * @param wanted how many there should be
     */
    record Result(Most driver, List<Most> executors, int wanted) {
        /** Those that work: the driver in local mode. */
        List<Most> workers() {
            return wanted == 0 ? List.of(driver) : executors;
        }

        /** Whether nobody was missed, nor came late. */
        boolean whole() {
            return driver.whole()
                    && executors.size() == wanted
                    && executors.stream().allMatch(Most::whole);
        }
    }

    /** Begins, in all processes. */
    MemoryWatch(JavaSparkContext spark, int executors) {
        this.spark = spark;
        this.executors = spark.sc().isLocal() ? 0 : executors;
        String own = name;
        begin(own);
        boolean begun = false;
        try {
            everywhere(i -> begin(own));
            begun = true;
        } finally {
            if (!begun) {
                close();
            }
        }
    }

    /** Ends: the driver first, then the executors. In local mode there is but one process. */
    Result end() {
        String own = name;
        ended = true;
        Most driver = end(own);
        return new Result(driver, everywhere(i -> end(own)), executors);
    }

    /** Ends where that was not done, after a failure: otherwise all processes would go on collecting. */
    @Override
    public void close() {
        if (!ended) {
            try {
                Result unused = end();
            } catch (Exception e) {
                // Scala methods throw checked exceptions that they do not declare. What failed before says more.
                LOG.warn("the watch of the executors' memory could not be ended", e);
            }
        }
    }

    /** Calls every executor, most of them several times. */
    private List<Most> everywhere(Function<Integer, Most> call) {
        Map<String, Most> found = new TreeMap<>();
        for (int round = 0; round < MOST_ROUNDS && found.size() < executors; round++) {
            int tasks = VISITS * Cluster.slots(spark);
            if (tasks == 0) {
                // Spark would wait for one without an end.
                break;
            }
            for (Most m : spark.parallelize(Collections.nCopies(tasks, 1), tasks)
                    .map(i -> {
                        // So that no executor is done before another has begun.
                        Thread.sleep(VISIT_MILLIS);
                        return call.call(i);
                    })
                    .collect()) {
                found.put(m.executor(), m);
            }
        }
        return List.copyOf(found.values());
    }

    private static synchronized Most begin(String name) {
        if (current == null || !current.name.equals(name)) {
            if (current != null) {
                current.stop();
            }
            current = new Sampler(name);
        }
        return current.most();
    }

    private static synchronized Most end(String name) {
        boolean whole = current != null && current.name.equals(name);
        begin(name);
        current.finish(whole);
        return current.most();
    }

    private static final class Sampler {
        private final String name;
        private final Thread thread = new Thread(this::watch, "softlabel-memory");
        private long heap;
        private long beside;
        private boolean finished;
        private boolean whole;

        Sampler(String name) {
            this.name = name;
            thread.setDaemon(true);
            thread.start();
        }

        private void watch() {
            try {
                while (true) {
                    Thread.sleep(SAMPLE_MILLIS);
                    sample();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** Takes the last sample, once. */
        synchronized void finish(boolean fromTheBeginning) {
            if (!finished) {
                finished = true;
                whole = fromTheBeginning;
                stop();
                sample();
            }
        }

        synchronized void sample() {
            System.gc();
            MemoryUsage use = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
            heap = Math.max(heap, use.getUsed());
            beside = Math.max(beside, ProcessMemory.resident() - use.getCommitted());
        }

        synchronized Most most() {
            List<String> options = ManagementFactory.getRuntimeMXBean().getInputArguments();
            MemoryUsage use = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
            boolean fixed = options.contains("-XX:+AlwaysPreTouch") && use.getInit() >= use.getMax();
            return new Most(Tasks.executor(), heap, beside, fixed, whole);
        }

        void stop() {
            thread.interrupt();
        }
    }
}
