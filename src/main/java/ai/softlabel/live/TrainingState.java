package ai.softlabel.live;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The state of an application's newest training, updated event by event. */
final class TrainingState {
    /** The kinds of events. */
    static final String STARTED = "started";

    static final String PROGRESS = "progress";
    static final String WORK = "work";
    static final String EPOCH = "epoch";
    static final String ENDED = "ended";

    private static final int MOST_POINTS = 2000;

    private ObjectNode state = JsonNodeFactory.instance.objectNode();
    private int stride = 1;
    private int seen;

    /**
     * Updates the state by an event. Unknown kinds and fields, written by a newer version, are ignored; fields that an
     * older version lacks are not shown.
     *
     * @param time milliseconds since 1970
     */
    void take(long time, String kind, JsonNode body) {
        // A log that another program wrote may hold anything; what is not an event of ours is ignored like an unknown
        // kind.
        if (kind == null || !(body instanceof ObjectNode)) {
            return;
        }
        switch (kind) {
            case STARTED -> {
                state = JsonNodeFactory.instance.objectNode();
                stride = 1;
                seen = 0;
                state.put("status", "running").put("begun", time).set("run", body);
                state.putArray("points");
                state.putArray("epochs");
            }
            case WORK -> {
                if (body.path("ended").asBoolean()) {
                    state.remove(WORK);
                } else {
                    state.set(WORK, body);
                }
            }
            case PROGRESS -> {
                state.set("progress", body);
                point(body);
            }
            case EPOCH -> {
                state.remove("progress");
                state.withArray("epochs").add(body.deepCopy());
                state.set("latest", body);
                // Only the newest epoch's tables and diagram are shown.
                for (JsonNode e : state.get("epochs")) {
                    ((ObjectNode) e).remove(java.util.List.of("bins", "partitions", "executors"));
                }
            }
            case ENDED -> {
                state.put("status", body.path("status").asInt(-1) == 0 ? "done" : "failed")
                        .set("end", body);
                state.remove("progress");
                state.remove(WORK);
            }
            default -> {
                return;
            }
        }
        state.put("now", time);
    }

    /** Keeps at most 2,000 points: when there are more, every other one is dropped, and so are later ones. */
    private void point(JsonNode progress) {
        if (seen++ % stride != 0) {
            return;
        }
        ArrayNode points = state.withArray("points");
        double at = progress.path("epoch").asInt()
                + progress.path("step").asDouble()
                        / Math.max(1, progress.path("steps").asInt());
        points.addArray()
                .add(at)
                .add(progress.path("loss").asDouble())
                .add(progress.path("rate").asDouble());
        if (points.size() > MOST_POINTS) {
            ArrayNode half = JsonNodeFactory.instance.arrayNode();
            for (int i = 0; i < points.size(); i += 2) {
                half.add(points.get(i));
            }
            state.set("points", half);
            stride *= 2;
        }
    }

    JsonNode state() {
        return state;
    }
}
