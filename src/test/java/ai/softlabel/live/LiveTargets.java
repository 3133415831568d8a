package ai.softlabel.live;

import ai.softlabel.fuzz.Promise;
import ai.softlabel.spark.TabContent;
import ai.softlabel.spark.WatchedEvent;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Set;

/** What the Training tab promises for any event log; a fuzz target calls it. */
public final class LiveTargets {
    private static final ObjectMapper JSON = new ObjectMapper();

    private LiveTargets() {}

    /** Any lines of JSON as a log's events make a page, which shows their texts and does not obey them. */
    public static void events(byte[] log) {
        Promise.oneLine(Set.of(), () -> {
            TrainingTab tab = new TrainingTab();
            TabContent.Recorder recorder = tab.recorder();
            Promise.text(log).lines().forEach(line -> {
                try {
                    JsonNode event = JSON.readTree(line);
                    // As Spark reads it: what is missing is null.
                    recorder.take(new WatchedEvent(
                            event.path("time").asLong(), event.path("kind").textValue(), event.get("body")));
                } catch (JsonProcessingException e) {
                    // Spark passes over it.
                    return;
                }
            });
            String page = tab.html(recorder.state());
            Promise.require(!page.contains("<attack"), "an element from the log in " + page);
            Promise.require(!page.contains("\u001b"), "a control character in " + page);
        });
    }
}
