package ai.softlabel.train;

import ai.softlabel.JobException;
import ai.softlabel.Sha256;
import ai.softlabel.files.Directory;
import ai.softlabel.network.ModelState;
import ai.softlabel.network.Safetensors;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Snapshots on disk: for each epoch {@code epoch-NNNN.safetensors} with the arrays, and then {@code epoch-NNNN.json}
 * with the figures and the first file's SHA-256. A checkpoint whose second file is missing or does not fit the first is
 * not whole, and is passed over.
 */
public final class Checkpoints {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
    private static final String LOSS_STATE = "loss_state";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Directory directory;
    private final Fingerprint fingerprint;
    private final int keep;

    /**
     * @param fingerprint names the recipe and the data; a run goes on only from checkpoints of the same
     * @param keep how many are kept, at least 1
     */
    public Checkpoints(Directory directory, Fingerprint fingerprint, int keep) {
        this.directory = directory;
        this.fingerprint = fingerprint;
        this.keep = keep;
    }

    /**
     * Writes a snapshot and removes the oldest ones beyond those kept.
     *
     * @param best an epoch whose snapshot stays as well, or 0
     */
    public void write(Snapshot s, int best) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        List<Safetensors.Tensor> tensors = new ArrayList<>();
        tensors.add(tensor("weights", s.model().weights()));
        tensors.add(tensor("statistics", s.model().statistics()));
        for (int i = 0; i < s.states().length; i++) {
            tensors.add(tensor("state" + i, s.states()[i]));
        }
        if (s.lossState().length > 0) {
            tensors.add(tensor(LOSS_STATE, s.lossState()));
        }
        Safetensors.write(bytes, tensors, Map.of());
        byte[] file = bytes.toByteArray();
        String name = name(s.epochs());
        directory.write(name + ".safetensors", out -> out.write(file));
        ObjectNode figures = JSON.createObjectNode()
                .put("fingerprint", fingerprint.hash())
                .put("sha256", Sha256.of(file))
                .put("epochs", s.epochs())
                .put("steps", s.model().steps())
                .put("seconds", s.seconds())
                .put("head_passes", s.headPasses());
        ObjectNode settings = figures.putObject("settings");
        fingerprint.fields().forEach(settings::put);
        s.losses().forEach(figures.putArray("losses")::add);
        directory.writeText(name + ".json", figures.toString());
        List<String> all = names(directory);
        for (String old : all.subList(0, Math.max(0, all.size() - keep))) {
            if (old.equals(name(best))) {
                continue;
            }
            directory.delete(old + ".json");
            directory.delete(old + ".safetensors");
        }
    }

    /**
     * The newest whole snapshot, or null where there is none.
     *
     * @throws JobException of status 3 where it is of another recipe or other data
     */
    public Snapshot newest() {
        List<String> all = names(directory);
        for (int i = all.size() - 1; i >= 0; i--) {
            String name = all.get(i);
            JsonNode figures;
            try {
                figures = JSON.readTree(directory.readText(name + ".json"));
            } catch (IOException e) {
                passedOver(name, e);
                continue;
            }
            requireSame(figures);
            try {
                return read(name, figures);
            } catch (IOException | RuntimeException e) {
                passedOver(name, e);
            }
        }
        return null;
    }

    private void passedOver(String name, Exception e) {
        LOG.warn("checkpoint {} in {} is not whole ({}); going on from an older one", name, directory, e.getMessage());
    }

    /** Refuses checkpoints of other settings or other data, and says in which settings they differ. */
    private void requireSame(JsonNode figures) {
        String found;
        if (figures.has("settings")) {
            found = String.join(", ", fingerprint.differences(settings(figures)));
        } else {
            String hash = figures.path("fingerprint").asText();
            found = hash.equals(fingerprint.former()) ? "" : "those of version 0.1 with other settings or data";
        }
        if (!found.isEmpty()) {
            throw JobException.input(
                    "expected the checkpoints in %s to be of these settings and this data, found %s; use the options of the run that wrote them, or another --out, or leave out --resume",
                    directory, found);
        }
    }

    private static Map<String, String> settings(JsonNode figures) {
        Map<String, String> out = new LinkedHashMap<>();
        figures.path("settings")
                .fields()
                .forEachRemaining(e -> out.put(e.getKey(), e.getValue().asText()));
        return out;
    }

    /** The number of replicas of the run that wrote the newest checkpoint, or null where none says. */
    public static Integer replicas(Directory directory) {
        List<String> all = names(directory);
        try {
            JsonNode n = all.isEmpty()
                    ? JSON.missingNode()
                    : JSON.readTree(directory.readText(all.get(all.size() - 1) + ".json"));
            int found = n.at("/settings/replicas").asInt();
            return found > 0 ? found : null;
        } catch (IOException e) {
            // A checkpoint that can't be read is reported where it is resumed.
            return null;
        }
    }

    /** The snapshot after an epoch. */
    public Snapshot after(int epoch) throws IOException {
        return read(name(epoch));
    }

    private static String name(int epoch) {
        return String.format("epoch-%04d", epoch);
    }

    private Snapshot read(String name) throws IOException {
        return read(name, JSON.readTree(directory.readText(name + ".json")));
    }

    private Snapshot read(String name, JsonNode figures) throws IOException {
        byte[] file = directory.read(name + ".safetensors");
        if (!Sha256.of(file).equals(figures.path("sha256").asText())) {
            throw new IOException("expected SHA-256 " + figures.path("sha256").asText() + ", found " + Sha256.of(file));
        }
        Safetensors tensors = Safetensors.read(directory.path(name), file);
        List<Double> losses = new ArrayList<>();
        figures.path("losses").forEach(l -> losses.add(l.asDouble()));
        return new Snapshot(
                new ModelState(
                        array(tensors, "weights"),
                        array(tensors, "statistics"),
                        figures.path("steps").asLong()),
                states(tensors),
                figures.path("epochs").asInt(),
                List.copyOf(losses),
                figures.path("seconds").asDouble(),
                figures.path("head_passes").asInt(),
                tensors.has(LOSS_STATE) ? array(tensors, LOSS_STATE) : new float[0]);
    }

    private static Safetensors.Tensor tensor(String name, float[] values) {
        return Safetensors.Tensor.floats(name, new int[] {values.length}, values, 0);
    }

    private static float[][] states(Safetensors tensors) {
        List<float[]> states = new ArrayList<>();
        while (tensors.has("state" + states.size())) {
            states.add(array(tensors, "state" + states.size()));
        }
        return states.toArray(float[][]::new);
    }

    private static float[] array(Safetensors tensors, String name) {
        float[] out = new float[tensors.shape(name)[0]];
        tensors.floats(name, out, 0);
        return out;
    }

    /** The checkpoints' names, oldest first. */
    private static List<String> names(Directory directory) {
        return directory.names().stream()
                .filter(n -> n.matches("epoch-\\d{4,}\\.json"))
                .map(n -> n.substring(0, n.length() - 5))
                .toList();
    }
}
