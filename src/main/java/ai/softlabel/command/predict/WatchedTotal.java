package ai.softlabel.command.predict;

import ai.softlabel.JobException;
import ai.softlabel.files.Directory;
import ai.softlabel.run.Json;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * What all batches of a {@code predict --watch} came to, kept in a file over restarts.
 *
 * @param batch the last batch that is in it, or -1
 */
record WatchedTotal(long batch, PartitionResult result) {
    static final String FILE = "watched.json";

    /** With a batch; one that came again is in it already. */
    WatchedTotal plus(long id, PartitionResult found) {
        return id <= batch ? this : new WatchedTotal(id, result.plus(found));
    }

    void write(Directory out) throws IOException {
        ObjectNode node = Json.object().put("batch", batch);
        result.notes().forEach(node.putObject("result")::put);
        out.writeText(FILE, Json.pretty(node));
    }

    /** Nothing where there is no file. */
    static WatchedTotal read(Directory out) throws IOException {
        if (!out.has(FILE)) {
            return new WatchedTotal(-1, PartitionResult.none());
        }
        try {
            JsonNode node = Json.parse(out.readText(FILE));
            Map<String, String> notes = new HashMap<>();
            node.path("result")
                    .properties()
                    .forEach(n -> notes.put(n.getKey(), n.getValue().asText()));
            return new WatchedTotal(node.path("batch").asLong(-1), PartitionResult.of(notes));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw JobException.input(
                    "expected the totals of a predict --watch in %s, found other content; give --replace to start again",
                    out.path(FILE));
        }
    }
}
