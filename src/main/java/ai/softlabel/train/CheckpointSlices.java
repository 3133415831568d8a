package ai.softlabel.train;

import ai.softlabel.Plain;
import ai.softlabel.files.Directory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Which files of executors ({@link StateFiles}) have a snapshot's states, as a checkpoint's index says it. */
final class CheckpointSlices {
    // An optimiser has two at the most, beside the moving average.
    private static final int MOST_STATES = 16;

    private CheckpointSlices() {}

    static void put(ObjectNode figures, Snapshot s) {
        figures.put("states", s.states().length);
        ArrayNode slices = figures.putArray("slices");
        s.stored().pieces().forEach(p -> slices.addObject()
                .put("file", p.file())
                .put("sha256", p.sha256())
                .put("from", p.from())
                .put("to", p.to()));
    }

    /** The states that executors wrote, once each of their files was found whole. */
    static StateFiles.Stored read(Directory directory, String name, JsonNode figures, Map<String, float[]> found)
            throws IOException {
        int size = CheckpointFiles.array(found, "weights").length;
        int states = figures.path("states").asInt();
        if (states < 1 || states > MOST_STATES) {
            throw new IOException("expected 1 to " + MOST_STATES + " states, found " + figures.path("states"));
        }
        int own = 0;
        while (own < states && !found.containsKey(StateFiles.name(own))) {
            own++;
        }
        for (int i = own; i < states; i++) {
            CheckpointFiles.array(found, StateFiles.name(i));
        }
        StateFiles files = StateFiles.of(directory);
        List<StateFiles.Piece> pieces = new ArrayList<>();
        for (JsonNode slice : figures.get("slices")) {
            StateFiles.Piece piece = new StateFiles.Piece(
                    slice.path("file").asText(),
                    slice.path("sha256").asText(),
                    slice.path("from").asInt(-1),
                    slice.path("to").asInt(-1));
            if (!piece.file().startsWith(name + ".")
                    || piece.file().contains("/")
                    || piece.from() < 0
                    || piece.to() <= piece.from()
                    || piece.to() > size) {
                throw new IOException("expected a file of " + name + " with a range of " + size + " numbers, found "
                        + Plain.reason(piece.file()) + " with " + piece.from() + " to " + piece.to());
            }
            files.check(piece, own);
            pieces.add(piece);
        }
        if (pieces.isEmpty()) {
            throw new IOException("expected files of the states, found none");
        }
        pieces.sort(Comparator.comparingInt(StateFiles.Piece::from));
        for (int i = 0; i < pieces.size(); i++) {
            int next = i + 1 < pieces.size() ? pieces.get(i + 1).from() : size;
            if (pieces.get(i).to() != next) {
                throw new IOException("expected files of all states up to number " + size + ", found none from number "
                        + pieces.get(i).to() + " to " + next);
            }
        }
        return new StateFiles.Stored(files, pieces);
    }
}
