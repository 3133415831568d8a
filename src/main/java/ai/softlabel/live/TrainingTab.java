package ai.softlabel.live;

import ai.softlabel.report.Html;
import ai.softlabel.spark.TabContent;
import ai.softlabel.spark.WatchedEvent;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** The Training tab. */
public final class TrainingTab implements TabContent {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public String name() {
        return "training";
    }

    @Override
    public Recorder recorder() {
        TrainingState board = new TrainingState();
        return new Recorder() {
            @Override
            public synchronized void take(WatchedEvent event) {
                board.take(event.time(), event.kind(), event.body());
            }

            @Override
            public synchronized String state() {
                return board.state().toString();
            }
        };
    }

    @Override
    public String html(String state) {
        try {
            JsonNode known = JSON.readTree(state == null ? "{}" : state);
            return TrainingPage.of(known, System.currentTimeMillis());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String script() {
        return Html.resource("/training.js");
    }
}
