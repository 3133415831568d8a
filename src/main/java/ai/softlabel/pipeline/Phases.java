package ai.softlabel.pipeline;

import ai.softlabel.bigdl.NativeThread;
import ai.softlabel.train.Trainer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A stopwatch of a run's phases, as the driver sees them. A phase may lie within another: its time is then its own and
 * not the outer one's, so that all phases and the rest add up to the whole. It belongs to one thread.
 */
public final class Phases {
    /** The time outside all phases. */
    public static final String OTHER = "other";

    /** Until {@code main} began: scripts, Spark's launcher, the JVM's start. */
    public static final String LAUNCH = "launch";

    /** When submit/softlabel was called, in milliseconds since 1970; it sets this. */
    private static final String STARTED = "SOFTLABEL_STARTED";

    private static final double NANOS = 1e9;

    private final LongSupplier clock;
    private final Map<String, Long> nanos = new LinkedHashMap<>();
    private final ArrayDeque<String> open = new ArrayDeque<>();
    private long last;

    /** A phase that lasts until it is closed. */
    public interface Phase extends AutoCloseable {
        @Override
        void close();
    }

    /** Begins now. */
    public Phases() {
        this(System::nanoTime);
    }

    /** @param clock nanoseconds from any origin */
    Phases(LongSupplier clock) {
        this.clock = clock;
        this.last = clock.getAsLong();
    }

    /**
     * Began when the command was typed, and is in no phase; what lies between is {@link #LAUNCH}. Without the launcher
     * the process's start counts: spark-submit's scripts end in the JVM's process.
     */
    public static Phases sinceLaunch() {
        Phases phases = new Phases();
        Instant now = Instant.now();
        Instant process = ProcessHandle.current().info().startInstant().orElse(now);
        phases.nanos.put(LAUNCH, launch(System.getenv(STARTED), process, now));
        return phases;
    }

    /** Nanoseconds of the launch, at least 0: the system's clock may have been set meanwhile. */
    static long launch(String started, Instant process, Instant now) {
        boolean told = started != null && started.matches("\\d{1,15}");
        Instant from = told ? Instant.ofEpochMilli(Long.parseLong(started)) : process;
        return Math.max(0, Duration.between(from, now).toNanos());
    }

    /** Begins a phase within the present one. A name may come again: its times add up. */
    public Phase begin(String name) {
        lap();
        nanos.putIfAbsent(name, 0L);
        int outer = open.size();
        open.push(name);
        return () -> {
            lap();
            while (open.size() > outer) {
                open.pop();
            }
        };
    }

    /**
     * Counts some of the present phase's time as another's, as its tasks measured it.
     *
     * @param seconds of which no more are taken than the present phase has
     */
    public void part(String name, double seconds) {
        lap();
        long moved = Math.max(0, Math.min(Math.round(seconds * NANOS), nanos.get(present())));
        nanos.merge(present(), -moved, Long::sum);
        nanos.merge(name, moved, Long::sum);
    }

    /** Counts the start of BigDL's engine in this process, where it fell in the present phase. */
    public void natives() {
        double seconds = NativeThread.loadSeconds();
        if (seconds > 0) {
            part("natives", seconds);
        }
    }

    /**
     * Runs an epoch in the phase {@code stages}, but for its steps.
     *
     * @param steps the phase of the steps
     */
    public Trainer.Epoch epoch(String steps, Supplier<Trainer.Epoch> epoch) {
        try (Phase phase = begin("stages")) {
            Trainer.Epoch done = epoch.get();
            part(steps, done.stepSeconds());
            natives();
            return done;
        }
    }

    /** Seconds of each phase until now, in the order in which they first began, and then of {@link #OTHER}. */
    public Map<String, Double> seconds() {
        lap();
        Map<String, Double> all = new LinkedHashMap<>();
        nanos.forEach((name, n) -> all.put(name, n / NANOS));
        // Put again, it comes last.
        Double other = all.remove(OTHER);
        all.put(OTHER, other == null ? 0 : other);
        return all;
    }

    /** Begins again now, for another run of the same application; open phases stay open. */
    public void restart() {
        lap();
        nanos.clear();
    }

    private String present() {
        return open.isEmpty() ? OTHER : open.peek();
    }

    private void lap() {
        long now = clock.getAsLong();
        nanos.merge(present(), now - last, Long::sum);
        last = now;
    }
}
