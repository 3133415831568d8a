package ai.softlabel.spark;

import com.codahale.metrics.MetricRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;
import org.apache.spark.SparkConf;
import org.apache.spark.metrics.sink.PrometheusServlet;

/**
 * Training's figures, and then Spark's, in Prometheus' text format 0.0.4 below the driver's UI. Spark's servlet names
 * no units, puts the application in the names and knows nothing of other executors; ours have the names that
 * OpenMetrics (https://prometheus.io/docs/specs/om/open_metrics_spec/) asks for: a unit at the end, {@code _total} for
 * counters, and labels for what differs. It is a sink of Spark's metrics system: {@code conf/metrics.properties}.
 */
public final class PrometheusText extends PrometheusServlet {
    private static final AtomicLong SCRAPES = new AtomicLong();
    private static final String LINGER = "spark.softlabel.metrics.linger";
    private static final long POLL_MILLIS = 100;

    public PrometheusText(Properties properties, MetricRegistry registry) {
        super(properties, registry);
    }

    @Override
    public String getMetricsSnapshot(HttpServletRequest request) {
        String all = text() + super.getMetricsSnapshot(request);
        SCRAPES.incrementAndGet();
        return all;
    }

    /**
     * Waits until the figures that stand now are scraped, for at most {@code spark.softlabel.metrics.linger} (0s): a
     * training that fails would take them with it.
     */
    public static void awaitScrape(SparkConf conf) {
        long end = System.currentTimeMillis() + conf.getTimeAsMs(LINGER, "0s");
        // The scrape under way may have read the older ones.
        long enough = SCRAPES.get() + 2;
        try {
            while (SCRAPES.get() < enough && System.currentTimeMillis() < end) {
                Thread.sleep(POLL_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static String text() {
        StringBuilder out = new StringBuilder();
        Meters.gauges().forEach((g, v) -> {
            header(out, g.openName(), "gauge", g.help());
            out.append(g.openName()).append(' ').append(number(v)).append('\n');
        });
        String losses = "softlabel_nonfinite_losses_total";
        header(out, losses, "counter", "Trainings that ended by a loss that is not finite.");
        out.append(losses).append(' ').append(Meters.nonFiniteLosses()).append('\n');
        List<ExecutorTotals> all = Meters.executors();
        if (!all.isEmpty()) {
            each(out, all, "steps_total", "Steps of an executor's tasks.", ExecutorTotals::steps);
            each(out, all, "step_seconds_total", "Time in these steps.", ExecutorTotals::stepSeconds);
            each(
                    out,
                    all,
                    "wait_seconds_total",
                    "Of it, waiting for the executor's other tasks.",
                    ExecutorTotals::waitSeconds);
            each(
                    out,
                    all,
                    "exchange_seconds_total",
                    "Of it, summing, sending, updating, waiting for other executors.",
                    ExecutorTotals::exchangeSeconds);
            each(out, all, "sent_bytes_total", "Sent to other executors.", ExecutorTotals::sentBytes);
            each(out, all, "resident_memory_bytes", "Memory, natives included.", ExecutorTotals::resident);
            each(out, all, "peak_resident_memory_bytes", "The most memory so far.", ExecutorTotals::peakResident);
        }
        return out.toString();
    }

    private static void each(
            StringBuilder out,
            List<ExecutorTotals> all,
            String name,
            String help,
            ToDoubleFunction<ExecutorTotals> value) {
        String whole = "softlabel_executor_" + name;
        header(out, whole, name.endsWith("_total") ? "counter" : "gauge", help);
        for (ExecutorTotals e : all) {
            out.append(String.format(
                    Locale.ROOT,
                    "%s{executor=\"%s\",host=\"%s\"} %s\n",
                    whole,
                    escaped(e.id()),
                    escaped(e.host()),
                    number(value.applyAsDouble(e))));
        }
    }

    private static void header(StringBuilder out, String name, String type, String help) {
        out.append("# HELP ").append(name).append(' ').append(help).append('\n');
        out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static String escaped(String label) {
        return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    /** As Go reads a number. */
    private static String number(double v) {
        if (Double.isInfinite(v)) {
            return v > 0 ? "+Inf" : "-Inf";
        }
        return String.valueOf(v);
    }
}
