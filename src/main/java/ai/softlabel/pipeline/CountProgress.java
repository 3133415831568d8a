package ai.softlabel.pipeline;

import ai.softlabel.Seconds;
import ai.softlabel.spark.LiveChannel;
import ai.softlabel.spark.WorkProgress;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * The progress of a count: how many of how many, how many a second, and the time left. It shows a line now and then:
 * often on a terminal, where each takes the last one's place, and elsewhere after two seconds and then every five.
 */
public final class CountProgress {
    private static final double TERMINAL_SECONDS = 0.5;
    private static final double FIRST_SECONDS = 2;
    private static final double PLAIN_SECONDS = 5;
    /** A total that is not known. */
    public static final long UNKNOWN = -1;

    private final ConsoleProgress console;
    private final String doing;
    private final String unit;
    private final LongSupplier nanos;
    private final long start;
    private long total;
    private long before;
    private long done;
    private double shown;
    private boolean ended;

    /**
     * Begins to count; the clock runs from now.
     *
     * @param doing what is done, the line's first word
     * @param unit what is counted, in the plural
     * @param total how many there will be, or {@link #UNKNOWN}
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

    /** There will be so many. */
    public synchronized void expect(long count) {
        total = count;
    }

    /** So many more were there already: they count, but not in the rate. */
    public synchronized void skip(long count) {
        before += count;
    }

    /** So many more are done now. */
    public synchronized void add(long count) {
        if (ended) {
            // A message that was on its way when the work ended.
            return;
        }
        done += count;
        double seconds = (nanos.getAsLong() - start) / 1e9;
        double next =
                console.terminal() ? shown + TERMINAL_SECONDS : shown == 0 ? FIRST_SECONDS : shown + PLAIN_SECONDS;
        if (seconds >= next && done > 0) {
            shown = seconds;
            WorkProgress now = now(seconds, false);
            console.live(line(now));
            LiveChannel.tell(now);
        }
    }

    /** The work is over: whoever shows it stops. */
    public synchronized void end() {
        ended = true;
        if (shown > 0) {
            LiveChannel.tell(now((nanos.getAsLong() - start) / 1e9, true));
        }
    }

    private WorkProgress now(double seconds, boolean ended) {
        return new WorkProgress(doing, before + done, total, unit, done / seconds, ended);
    }

    private static String line(WorkProgress p) {
        return String.format(
                Locale.ROOT,
                "%s  %,d%s %s  %.1f %s/s%s",
                p.doing(),
                p.done(),
                p.total() < 0 ? "" : String.format(Locale.ROOT, " of %,d", p.total()),
                p.unit(),
                p.rate(),
                p.unit(),
                p.total() < 0 ? "" : "  " + Seconds.text(p.left()) + " left");
    }
}
