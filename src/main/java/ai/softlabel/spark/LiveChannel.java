package ai.softlabel.spark;

import java.io.IOException;
import java.io.Serializable;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * The plugin's channel from executors to the driver, for live figures inside a long stage. It is best effort: what
 * can't be sent is dropped, and nothing is sent where the plugin is not configured (as {@code spark.plugins}).
 */
public final class LiveChannel implements SparkPlugin {
    private static final CopyOnWriteArrayList<Consumer<Object>> LISTENERS = new CopyOnWriteArrayList<>();
    private static volatile PluginContext executor;

    /** Registers a listener, on the driver. */
    public static void listen(Consumer<Object> listener) {
        LISTENERS.add(listener);
    }

    /** Removes a listener. */
    public static void ignore(Consumer<Object> listener) {
        LISTENERS.remove(listener);
    }

    /** Sends a message to the driver's listeners, from an executor. */
    public static void send(Serializable message) {
        PluginContext context = executor;
        if (context != null) {
            try {
                context.send(message);
            } catch (IOException | RuntimeException e) {
                // A failure to send live figures must not stop training.
                executor = null;
            }
        }
    }

    /** Gives a message to this process's own listeners: on the driver, for what it does itself. */
    public static void tell(Object message) {
        LISTENERS.forEach(l -> l.accept(message));
    }

    /** What the driver answers, of Java's own types, or null where it can't be asked. */
    static Object ask(Serializable question) {
        PluginContext context = executor;
        try {
            return context == null ? null : context.ask(question);
        } catch (Exception e) {
            // Scala methods throw checked exceptions that they do not declare.
            if (e instanceof InterruptedException || e.getCause() instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            return null;
        }
    }

    @Override
    public DriverPlugin driverPlugin() {
        return new DriverPlugin() {
            private SparkContext spark;

            @Override
            public Map<String, String> init(SparkContext own, PluginContext context) {
                spark = own;
                Meters.onDriver(context.metricRegistry());
                return Map.of();
            }

            @Override
            public Object receive(Object message) {
                if (message instanceof Termination.Question question) {
                    // As a text: executors read answers with a class loader that lacks the job's classes.
                    return Termination.answer(spark, question).name();
                }
                if (message instanceof Termination.Over ended) {
                    return BarrierStage.over(ended.stage());
                }
                if (message instanceof Handover.Question question) {
                    return Termination.decommissioned(spark, question.executor());
                }
                if (message instanceof Handover.Handed handed) {
                    return Handover.take(handed);
                }
                if (message instanceof ExecutorTotals totals) {
                    Meters.told(totals);
                    return null;
                }
                tell(message);
                return null;
            }
        };
    }

    @Override
    public ExecutorPlugin executorPlugin() {
        return new ExecutorPlugin() {
            @Override
            public void init(PluginContext context, Map<String, String> configuration) {
                executor = context;
                Meters.onExecutor(context.metricRegistry());
            }

            @Override
            public void shutdown() {
                executor = null;
            }
        };
    }
}
