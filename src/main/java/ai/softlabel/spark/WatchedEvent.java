package ai.softlabel.spark;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.JsonNode;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListenerEvent;

/**
 * Something worth watching, as an event of Spark's own listener bus: the event log holds it. What it tells is a tree,
 * so that logs of older and newer versions can be read.
 *
 * @param time milliseconds since 1970
 * @param kind what happened
 * @param body what is to be told of it
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record WatchedEvent(long time, String kind, JsonNode body) implements SparkListenerEvent {

    /** Tells all listeners of the application. */
    public static void post(JavaSparkContext spark, String kind, JsonNode body) {
        spark.sc().listenerBus().post(new WatchedEvent(System.currentTimeMillis(), kind, body));
    }
}
