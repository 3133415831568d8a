package ai.softlabel.live;

import ai.softlabel.spark.LiveChannel;
import ai.softlabel.spark.WatchedEvent;
import ai.softlabel.spark.WorkProgress;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;

/** Publishes how far work besides the steps is, such as listing, decoding and scoring, as events of the application. */
public final class WorkPublisher implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MILLIS = 1000;

    private final JavaSparkContext spark;
    private final Consumer<Object> listener = this::receive;
    private long last;

    public WorkPublisher(JavaSparkContext spark) {
        this.spark = spark;
        LiveChannel.listen(listener);
    }

    /** At most once a second, and at the end. */
    private synchronized void receive(Object message) {
        long now = System.currentTimeMillis();
        if (message instanceof WorkProgress p && (p.ended() || now - last >= MILLIS)) {
            last = now;
            ObjectNode body = JSON.createObjectNode()
                    .put("doing", p.doing())
                    .put("done", p.done())
                    .put("total", p.total())
                    .put("unit", p.unit())
                    .put("rate", p.rate())
                    .put("ended", p.ended());
            WatchedEvent.post(spark, TrainingState.WORK, body);
        }
    }

    @Override
    public void close() {
        LiveChannel.ignore(listener);
    }
}
