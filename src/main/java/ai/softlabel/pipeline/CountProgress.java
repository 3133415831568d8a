package ai.softlabel.pipeline;

import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * The progress of a count: how many of how many, how many a second, and the time left. It shows a line now and then:
 * often on a terminal, where each takes the last one's place, and every few seconds elsewhere.
 */
public final class CountProgress {
    private static final double TERMINAL_SECONDS = 0.5;
    private static final double PLAIN_SECONDS = 5;

    private final ConsoleProgress console;
    private final String doing;
    private final String unit;
    private final long total;
    private final LongSupplier nanos;
    private final long start;
    private long before;
    private long done;
    private double shown;

    /**
     * Begins to count; the clock runs from now.
     *
     * @param doing what is done, the line's first word
     * @param unit what is counted, in the plural
     * @param total how many there will be
     */
    public CountProgress(ConsoleProgress console, String doing, String unit, long total) {
        this(console, doing, unit, total, System::nanoTime);
    }

    CountProgress(ConsoleProgress console, String doing, String unit, long total, LongSupplier nanos) {
        this.console = console;
        this.doing = doing;
        this.unit = unit;
        this.total = total;
        this.nanos = nanos;
        this.start = nanos.getAsLong();
    }

    /** So many more were there already: they count, but not in the rate. */
    public synchronized void skip(long count) {
        before += count;
    }

    /** So many more are done now. */
    public synchronized void add(long count) {
        done += count;
        double seconds = (nanos.getAsLong() - start) / 1e9;
        if (seconds - shown >= (console.terminal() ? TERMINAL_SECONDS : PLAIN_SECONDS) && done > 0) {
            shown = seconds;
            console.live(line(seconds));
        }
    }

    private String line(double seconds) {
        double rate = done / seconds;
        return String.format(
                Locale.ROOT,
                "%s  %,d of %,d %s  %.1f %s/s  %s left",
                doing,
                before + done,
                total,
                unit,
                rate,
                unit,
                ConsoleProgress.duration(Math.max(0, total - before - done) / rate));
    }
}
