package ai.softlabel.spark;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Figures in Spark's metrics system, below the plugin's name: on the driver where training stands, on each executor how
 * long steps take, what is sent, and what memory is used, natives included.
 */
public final class Meters {
    /** The driver's gauges. */
    public enum Gauged {
        EPOCH("epoch"),
        LOSS("loss"),
        LEARNING_RATE("learning_rate"),
        IMAGES_PER_SECOND("images_per_second"),
        TEST_ERROR("test_error"),
        TEST_ECE("test_ece");

        private final String name;

        Gauged(String name) {
            this.name = name;
        }
    }

    private static final Map<Gauged, Double> VALUES = new ConcurrentHashMap<>();
    // In local mode driver and executor share the process, and each has its registry.
    private static volatile Timer step = new Timer();
    private static volatile Counter sent = new Counter();

    private Meters() {}

    static void onDriver(MetricRegistry registry) {
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

    /** Counts a step of a task, on its executor. */
    public static void step(long nanos) {
        step.update(nanos, TimeUnit.NANOSECONDS);
    }

    /** Counts bytes sent to other executors. */
    public static void sent(long bytes) {
        sent.inc(bytes);
    }
}
