package ai.softlabel.spark;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.JsonNode;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListenerEvent;

/**
 * A training event on Spark's listener bus, which Spark also writes to the event log. Its body is a JSON tree, so that
 * logs of older and newer versions can be read. Event logs hold this class name, so it must not change.
 *
 * @param time milliseconds since 1970
 * @param kind what happened
 * @param body the event's fields
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record WatchedEvent(long time, String kind, JsonNode body) implements SparkListenerEvent {

    /** Posts the event to all listeners of the application. */
    public static void post(JavaSparkContext spark, String kind, JsonNode body) {
        spark.sc().listenerBus().post(new WatchedEvent(System.currentTimeMillis(), kind, body));
    }
}
