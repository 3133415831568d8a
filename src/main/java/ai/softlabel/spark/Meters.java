package ai.softlabel.spark;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import org.apache.spark.SparkEnv;
import org.apache.spark.storage.BlockManagerId;

/**
 * Figures in Spark's metrics system, below the plugin's name: on the driver where training stands, on each executor how
 * long steps take, what is sent, and what memory is used, natives included. The driver also has the executors' totals,
 * for {@link PrometheusText}.
 */
public final class Meters {
    /** The driver's gauges. */
    public enum Gauged {
        EPOCH("epoch", "softlabel_epoch", "Epochs done, with the share of the running one."),
        LOSS("loss", "softlabel_loss", "Training loss of the newest step or epoch, in nats."),
        LEARNING_RATE("learning_rate", "softlabel_learning_rate", "Learning rate of the newest step."),
        IMAGES_PER_SECOND("images_per_second", "softlabel_images_per_second", "Pictures trained on per second."),
        TEST_ERROR("test_error", "softlabel_test_error_ratio", "Error on the test part after the newest epoch."),
        TEST_ECE("test_ece", "softlabel_test_ece_ratio", "ECE on the test part after the newest epoch."),
        RUNNING("running", "softlabel_training_running", "1 while a training runs, 0 after it."),
        STATUS("status", "softlabel_training_exit_status", "Exit status of the newest training that ended."),
        EPOCH_TIME(
                "epoch_time",
                "softlabel_epoch_end_timestamp_seconds",
                "When the newest epoch ended; before the first, when training started.");

        private final String name;
        private final String openName;
        private final String help;

        Gauged(String name, String openName, String help) {
            this.name = name;
            this.openName = openName;
            this.help = help;
        }

        /** The name that follows OpenMetrics, with its unit. */
        String openName() {
            return openName;
        }

        String help() {
            return help;
        }
    }

    private static final long TELL_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long FORGET_NANOS = TimeUnit.MINUTES.toNanos(5);

    private record Told(ExecutorTotals totals, long at) {}

    private static final Map<Gauged, Double> VALUES = new ConcurrentHashMap<>();
    private static final Map<String, Told> EXECUTORS = new ConcurrentHashMap<>();
    private static final AtomicLong NON_FINITE = new AtomicLong();
    // In local mode driver and executor share the process, and each has its registry.
    private static volatile Timer step = new Timer();
    private static volatile Counter sent = new Counter();
    private static final LongAdder STEPS = new LongAdder();
    private static final DoubleAdder STEP_SECONDS = new DoubleAdder();
    private static final DoubleAdder WAIT_SECONDS = new DoubleAdder();
    private static final DoubleAdder EXCHANGE_SECONDS = new DoubleAdder();
    private static final AtomicLong TOLD = new AtomicLong();

    private Meters() {}

    static void onDriver(MetricRegistry registry) {
        EXECUTORS.clear();
        NON_FINITE.set(0);
        for (Gauged g : Gauged.values()) {
            registry.register(g.name, (Gauge<Double>) () -> VALUES.getOrDefault(g, Double.NaN));
        }
    }

    static void onExecutor(MetricRegistry registry) {
        step = registry.timer("step");
        sent = registry.counter("exchange_bytes");
        registry.register("resident_bytes", (Gauge<Long>) ProcessMemory::resident);
        registry.register("peak_resident_bytes", (Gauge<Long>) ProcessMemory::peakResident);
    }

    /** Sets a gauge, on the driver. */
    public static void set(Gauged gauge, double value) {
        VALUES.put(gauge, value);
    }

    /** Forgets the last training's figures, on the driver. */
    public static void clear() {
        VALUES.clear();
    }

    /** Counts a loss that is not finite, on the driver. */
    public static void nonFinite() {
        NON_FINITE.incrementAndGet();
    }

    /**
     * Counts a step of a task, on its executor.
     *
     * @param seconds of the whole step
     * @param wait of them for other tasks of the executor
     * @param exchange of them for sums, updates and other executors
     */
    public static void step(double seconds, double wait, double exchange) {
        step.update(Math.round(seconds * 1e9), TimeUnit.NANOSECONDS);
        STEPS.increment();
        STEP_SECONDS.add(seconds);
        WAIT_SECONDS.add(wait);
        EXCHANGE_SECONDS.add(exchange);
        long now = System.nanoTime();
        long last = TOLD.get();
        if (now - last > TELL_NANOS && TOLD.compareAndSet(last, now)) {
            tell();
        }
    }

    /** Counts bytes sent to other executors, at the end of a task, and sends the totals to the driver. */
    public static void sent(long bytes) {
        sent.inc(bytes);
        tell();
    }

    /** One at a time, so that older totals never follow newer ones. */
    private static synchronized void tell() {
        SparkEnv env = SparkEnv.get();
        if (env == null) {
            return;
        }
        // A plugin's context has no host on an executor.
        BlockManagerId mine = env.blockManager().blockManagerId();
        LiveChannel.send(new ExecutorTotals(
                mine.executorId(),
                mine.host(),
                STEPS.sum(),
                STEP_SECONDS.sum(),
                WAIT_SECONDS.sum(),
                EXCHANGE_SECONDS.sum(),
                sent.getCount(),
                ProcessMemory.resident(),
                ProcessMemory.peakResident()));
    }

    static void told(ExecutorTotals totals) {
        EXECUTORS.put(totals.id(), new Told(totals, System.nanoTime()));
    }

    /** The gauges that are set, on the driver. */
    static Map<Gauged, Double> gauges() {
        Map<Gauged, Double> set = new EnumMap<>(Gauged.class);
        set.putAll(VALUES);
        return set;
    }

    /** Losses of this application that were not finite, on the driver. */
    static long nonFiniteLosses() {
        return NON_FINITE.get();
    }

    /** What executors that were heard of lately said last, on the driver. */
    static List<ExecutorTotals> executors() {
        long now = System.nanoTime();
        // One that is gone has no memory any more.
        EXECUTORS.values().removeIf(t -> now - t.at() > FORGET_NANOS);
        return EXECUTORS.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(e -> e.getValue().totals())
                .toList();
    }
}
