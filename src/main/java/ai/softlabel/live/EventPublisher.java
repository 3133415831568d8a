package ai.softlabel.live;

import ai.softlabel.spark.LiveChannel;
import ai.softlabel.spark.Meters;
import ai.softlabel.spark.PrometheusText;
import ai.softlabel.spark.WatchedEvent;
import ai.softlabel.train.Progress;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;

/** Publishes the progress of a training as events of the Spark application. */
public final class EventPublisher implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MILLIS = 1000;

    private final JavaSparkContext spark;
    private final Consumer<Object> listener = this::receive;
    private long last;
    private volatile int batchSize;

    public EventPublisher(JavaSparkContext spark) {
        this.spark = spark;
        LiveChannel.listen(listener);
    }

    /** Publishes the start of training. */
    public void started(ObjectNode run) {
        batchSize = run.path("batch_size").asInt();
        Meters.clear();
        Meters.set(Meters.Gauged.RUNNING, 1);
        Meters.set(Meters.Gauged.EPOCH_TIME, System.currentTimeMillis() / (double) MILLIS);
        post(TrainingState.STARTED, run);
    }

    /** Publishes the end of an epoch. */
    public void epoch(ObjectNode figures) {
        Meters.set(Meters.Gauged.EPOCH, figures.path("epoch").asDouble());
        Meters.set(Meters.Gauged.LOSS, figures.path("loss").asDouble());
        Meters.set(
                Meters.Gauged.IMAGES_PER_SECOND,
                figures.path("images_per_second").asDouble());
        Meters.set(Meters.Gauged.TEST_ERROR, figures.at("/test/error").asDouble(Double.NaN));
        Meters.set(Meters.Gauged.TEST_ECE, figures.at("/test/ece").asDouble(Double.NaN));
        Meters.set(Meters.Gauged.EPOCH_TIME, System.currentTimeMillis() / (double) MILLIS);
        post(TrainingState.EPOCH, figures);
    }

    /**
     * Publishes the end of training; waits until the last figures are scraped, where the settings say so.
     *
     * @param status the exit status
     * @param message the error message, or ""
     */
    public void ended(int status, String message) {
        Meters.set(Meters.Gauged.RUNNING, 0);
        Meters.set(Meters.Gauged.STATUS, status);
        post(TrainingState.ENDED, JSON.createObjectNode().put("status", status).put("message", message));
        PrometheusText.awaitScrape(spark.getConf());
    }

    /** Publishes a step's figures, at most once a second. */
    private synchronized void receive(Object message) {
        long now = System.currentTimeMillis();
        if (message instanceof Progress p && !Double.isFinite(p.loss())) {
            // The epoch ends with it, and there is no line of figures to come.
            Meters.nonFinite();
            Meters.set(Meters.Gauged.LOSS, p.loss());
        } else if (message instanceof Progress p && now - last >= MILLIS) {
            last = now;
            Meters.set(Meters.Gauged.EPOCH, p.epoch() + (double) p.step() / p.steps());
            Meters.set(Meters.Gauged.LOSS, p.loss());
            Meters.set(Meters.Gauged.LEARNING_RATE, p.rate());
            Meters.set(Meters.Gauged.IMAGES_PER_SECOND, batchSize * p.step() / p.seconds());
            post(
                    TrainingState.PROGRESS,
                    JSON.createObjectNode()
                            .put("epoch", p.epoch())
                            .put("step", p.step())
                            .put("steps", p.steps())
                            .put("loss", p.loss())
                            .put("rate", p.rate())
                            .put("seconds", p.seconds()));
        }
    }

    private void post(String kind, ObjectNode body) {
        WatchedEvent.post(spark, kind, body);
    }

    @Override
    public void close() {
        LiveChannel.ignore(listener);
    }
}
