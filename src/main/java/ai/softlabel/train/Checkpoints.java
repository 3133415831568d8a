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
    private final String fingerprint;
    private final int keep;

    /**
     * @param fingerprint names the recipe and the data; a run goes on only from checkpoints of the same
     * @param keep how many are kept, at least 1
     */
    public Checkpoints(Directory directory, String fingerprint, int keep) {
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
                .put("fingerprint", fingerprint)
                .put("sha256", Sha256.of(file))
                .put("epochs", s.epochs())
                .put("steps", s.model().steps())
                .put("seconds", s.seconds())
                .put("head_passes", s.headPasses());
        s.losses().forEach(figures.putArray("losses")::add);
        directory.writeText(name + ".json", figures.toString());
        List<String> all = names();
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
        List<String> all = names();
        for (int i = all.size() - 1; i >= 0; i--) {
            try {
                return read(all.get(i));
            } catch (IOException | RuntimeException e) {
                if (e instanceof JobException mismatch && mismatch.getMessage().contains("--resume")) {
                    throw mismatch;
                }
                LOG.warn(
                        "checkpoint {} in {} is not whole ({}); going on from an older one",
                        all.get(i),
                        directory,
                        e.getMessage());
            }
        }
        return null;
    }

    /** The snapshot after an epoch. */
    public Snapshot after(int epoch) throws IOException {
        return read(name(epoch));
    }

    private static String name(int epoch) {
        return String.format("epoch-%04d", epoch);
    }

    private Snapshot read(String name) throws IOException {
        JsonNode figures = JSON.readTree(directory.readText(name + ".json"));
        byte[] file = directory.read(name + ".safetensors");
        if (!Sha256.of(file).equals(figures.path("sha256").asText())) {
            throw new IOException("expected SHA-256 " + figures.path("sha256").asText() + ", found " + Sha256.of(file));
        }
        if (!fingerprint.equals(figures.path("fingerprint").asText())) {
            throw JobException.input(
                    "expected the checkpoints in %s to be of this recipe and data, found %s instead of %s; use the options of the run that wrote them,"
                            + " or another --out, or leave out --resume",
                    directory, figures.path("fingerprint").asText(), fingerprint);
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
    private List<String> names() {
        return directory.names().stream()
                .filter(n -> n.matches("epoch-\\d{4,}\\.json"))
                .map(n -> n.substring(0, n.length() - 5))
                .toList();
    }
}
