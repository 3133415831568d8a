package ai.softlabel.train;

import ai.softlabel.files.Directory;
import ai.softlabel.network.ModelState;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The files of a checkpoint, a snapshot on disk: after epoch N the arrays in {@code epoch-N.safetensors} and further
 * parts ({@link CheckpointArrays}) and in files that executors wrote ({@link StateFiles}), and then
 * {@code epoch-N.json} with the figures and the files' SHA-256 ({@link CheckpointName}).
 */
final class CheckpointFiles {
    private static final String LOSS_STATE = "loss_state";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Directory directory;
    private final CheckpointArrays arrays;

    /** @param most numbers of a part */
    CheckpointFiles(Directory directory, int most) {
        this.directory = directory;
        this.arrays = new CheckpointArrays(directory, most);
    }

    /** What a whole checkpoint's files say. */
    record Content(JsonNode figures, Snapshot snapshot) {}

    /** Writes the arrays, and then the index. */
    CheckpointName write(Snapshot s, Fingerprint fingerprint) throws IOException {
        CheckpointName written = CheckpointName.of(s.epochs(), s.step());
        ObjectNode figures = JSON.createObjectNode()
                .put("fingerprint", fingerprint.hash())
                .put("epochs", s.epochs())
                .put("steps", s.model().steps())
                .put("seconds", s.seconds())
                .put("head_passes", s.headPasses());
        arrays.write(written.text(), arrays(s), figures);
        if (s.within() != null) {
            figures.set("within", CheckpointWithin.of(s.within()));
        }
        if (s.stored() != null) {
            CheckpointSlices.put(figures, s);
        }
        ObjectNode settings = figures.putObject("settings");
        fingerprint.fields().forEach(settings::put);
        s.losses().forEach(figures.putArray("losses")::add);
        directory.writeText(written.index(), figures.toString());
        return written;
    }

    /** Deletes the index, and then the arrays. */
    void delete(CheckpointName old) throws IOException {
        directory.delete(old.index());
        arrays.delete(old.text());
    }

    private static Map<String, float[]> arrays(Snapshot s) {
        Map<String, float[]> arrays = new LinkedHashMap<>();
        arrays.put("weights", s.model().weights());
        arrays.put("statistics", s.model().statistics());
        for (int i = 0; i < s.states().length; i++) {
            if (s.here(i)) {
                arrays.put(StateFiles.name(i), s.states()[i]);
            }
        }
        if (s.lossState().length > 0) {
            arrays.put(LOSS_STATE, s.lossState());
        }
        if (s.within() != null) {
            arrays.put(CheckpointWithin.SUMS, CheckpointWithin.sums(s.within()));
        }
        return arrays;
    }

    /** @throws IOException where the files are not whole, or no training writes them together */
    Content read(CheckpointName named) throws IOException {
        JsonNode figures = JSON.readTree(directory.readText(named.index()));
        int step = figures.at("/within/step").asInt();
        if (figures.path("epochs").asInt() != named.epoch() || step != named.step()) {
            throw new IOException("expected the figures of " + named.text() + ", found those of epoch "
                    + figures.path("epochs") + ", step " + step);
        }
        Map<String, float[]> found = arrays.read(named.text(), figures);
        List<Double> losses = new ArrayList<>();
        figures.path("losses").forEach(l -> losses.add(l.asDouble()));
        StateFiles.Stored stored =
                figures.has("slices") ? CheckpointSlices.read(directory, named.text(), figures, found) : null;
        List<float[]> states = new ArrayList<>();
        while (found.containsKey(StateFiles.name(states.size()))
                || stored != null && states.size() < figures.path("states").asInt()) {
            states.add(found.getOrDefault(StateFiles.name(states.size()), new float[0]));
        }
        Snapshot snapshot = new Snapshot(
                new ModelState(
                        array(found, "weights"),
                        array(found, "statistics"),
                        figures.path("steps").asLong()),
                states.toArray(float[][]::new),
                figures.path("epochs").asInt(),
                List.copyOf(losses),
                figures.path("seconds").asDouble(),
                figures.path("head_passes").asInt(),
                found.getOrDefault(LOSS_STATE, new float[0]),
                figures.has("within") ? CheckpointWithin.read(figures.get("within"), found) : null,
                stored);
        check(snapshot);
        return new Content(figures, snapshot);
    }

    /** Arrays and figures that no training writes together would fail in the middle of the next epoch. */
    private static void check(Snapshot s) throws IOException {
        for (int i = 0; i < s.states().length; i++) {
            if (s.here(i) && s.states()[i].length != s.model().weights().length) {
                throw new IOException("expected states of " + s.model().weights().length + " numbers, found one of "
                        + s.states()[i].length);
            }
        }
        if (s.epochs() < (s.within() == null ? 1 : 0)
                || s.model().steps() < 0
                || !(s.seconds() >= 0)
                || s.headPasses() < 0) {
            throw new IOException("expected at least one epoch and no figure below 0, found " + s.epochs() + " epochs, "
                    + s.model().steps() + " steps, " + s.seconds() + " s and " + s.headPasses() + " head passes");
        }
    }

    static float[] array(Map<String, float[]> found, String name) throws IOException {
        float[] array = found.get(name);
        if (array == null) {
            throw new IOException("expected the array " + name + ", found none");
        }
        return array;
    }
}
