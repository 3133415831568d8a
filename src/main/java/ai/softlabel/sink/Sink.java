package ai.softlabel.sink;

import ai.softlabel.spark.WatchedEvent;
import ai.softlabel.spark.WatchedListener;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens to a training's events on Spark's listener bus and writes scalars to a tracking system. */
abstract class Sink extends WatchedListener {
    private static final Logger LOG = LoggerFactory.getLogger(Sink.class);

    private boolean failed;
    private boolean open;
    private long stepsBefore;
    private int epochs;

    /** The value of a sink's setting. */
    static String setting(SparkConf conf, String key) {
        return conf.get(key, "");
    }

    /** A training starts. */
    abstract void start(long time, JsonNode run) throws IOException, InterruptedException;

    /** Writes scalars at a step, counted over the whole training. */
    abstract void scalars(long time, long step, Map<String, Double> values) throws IOException, InterruptedException;

    /** The training has ended. */
    abstract void end(long time, boolean well) throws IOException, InterruptedException;

    @Override
    protected final void watched(WatchedEvent e) {
        if (!failed) {
            try {
                take(e);
            } catch (IOException | RuntimeException problem) {
                failed(problem);
            } catch (InterruptedException problem) {
                Thread.currentThread().interrupt();
                failed(problem);
            }
        }
    }

    private void take(WatchedEvent e) throws IOException, InterruptedException {
        JsonNode body = e.body();
        switch (e.kind()) {
            case "started" -> {
                stepsBefore = 0;
                epochs = 0;
                open = true;
                start(e.time(), body);
            }
            case "progress" -> {
                if (open) {
                    scalars(
                            e.time(),
                            stepsBefore + body.path("step").asLong(),
                            Map.of(
                                    "train/loss",
                                    body.path("loss").asDouble(),
                                    "train/learning_rate",
                                    body.path("rate").asDouble()));
                }
            }
            case "epoch" -> {
                if (open && body.path("epoch").asInt() > epochs) {
                    epochs = body.path("epoch").asInt();
                    stepsBefore += body.path("steps").asLong();
                    scalars(e.time(), stepsBefore, figures(body));
                }
            }
            case "ended" -> {
                if (open) {
                    open = false;
                    end(e.time(), body.path("status").asInt(-1) == 0);
                }
            }
            default -> {
                // An event of a newer version.
            }
        }
    }

    /** An epoch's figures, named so that both systems group them; those that are not finite are left out. */
    private static Map<String, Double> figures(JsonNode epoch) {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("train/epoch_loss", epoch.path("loss").asDouble());
        values.put("train/images_per_second", epoch.path("images_per_second").asDouble());
        for (String part : new String[] {"test", "validation"}) {
            epoch.path(part).properties().forEach(f -> {
                if (f.getValue().isNumber() && !f.getKey().equals("count")) {
                    values.put(part + "/" + f.getKey(), f.getValue().asDouble());
                }
            });
        }
        values.values().removeIf(v -> !Double.isFinite(v));
        return values;
    }

    private void failed(Exception problem) {
        failed = true;
        LOG.warn("{} stops after an error, training continues: {}", getClass().getSimpleName(), problem.toString());
    }
}
