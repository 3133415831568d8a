package ai.softlabel.train;

import ai.softlabel.JobException;
import ai.softlabel.Plain;
import ai.softlabel.Sha256;
import ai.softlabel.files.Directory;
import ai.softlabel.network.ModelState;
import ai.softlabel.network.Safetensors;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Snapshots on disk: for each epoch {@code epoch-NNNN.safetensors} with the arrays, and then {@code epoch-NNNN.json}
 * with the figures and the first file's SHA-256. A checkpoint whose second file is missing or does not fit the first is
 * not whole, and is passed over, as long as there is an older one that is.
 */
public final class Checkpoints {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
    private static final String LOSS_STATE = "loss_state";
    private static final ObjectMapper JSON = new ObjectMapper();
    // Digits of any script: a name's are those of the locale that it was written in, where that was not the root's.
    private static final Pattern NAME = Pattern.compile("epoch-(\\p{Nd}{4,9})\\.json");

    private final Directory directory;
    private final Fingerprint fingerprint;
    private final int keep;

    /** A checkpoint's files, without what tells them apart. */
    private record Named(int epoch, String name) {}

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
        List<Named> all = names(directory);
        for (Named old : all.subList(0, Math.max(0, all.size() - keep))) {
            if (old.epoch() == best) {
                continue;
            }
            directory.delete(old.name() + ".json");
            directory.delete(old.name() + ".safetensors");
        }
    }

    /**
     * The newest whole snapshot, or null where there are no checkpoints.
     *
     * @throws JobException of status 3 where it is of another recipe or other data, or where there are checkpoints and
     *     none can be read
     */
    public Snapshot newest() {
        List<Named> all = names(directory);
        String newest = null;
        for (int i = all.size() - 1; i >= 0; i--) {
            Files files;
            try {
                files = files(all.get(i).name());
            } catch (IOException | RuntimeException e) {
                LOG.warn(
                        "checkpoint {} in {} is not whole ({})",
                        all.get(i).name(),
                        directory,
                        Plain.line(e.getMessage()));
                newest = newest == null ? e.getMessage() : newest;
                continue;
            }
            return ours(files).snapshot();
        }
        if (newest != null) {
            throw JobException.input(
                    "expected a whole checkpoint in %s, found %d and none that can be read (of the newest: %s); bring back their files, or remove the"
                            + " folder to start anew",
                    directory, all.size(), newest.lines().findFirst().orElse("no message"));
        }
        return null;
    }

    /**
     * The snapshot after an epoch.
     *
     * @throws JobException of status 3 where it is of another recipe or other data
     */
    public Snapshot after(int epoch) throws IOException {
        for (Named n : names(directory)) {
            if (n.epoch() == epoch) {
                return ours(files(n.name())).snapshot();
            }
        }
        throw new FileNotFoundException("no checkpoint of epoch " + epoch + " in " + directory);
    }

    private static String name(int epoch) {
        return String.format(Locale.ROOT, "epoch-%04d", epoch);
    }

    /** What a whole checkpoint's files say. */
    private record Files(JsonNode figures, Snapshot snapshot) {}

    private Files files(String name) throws IOException {
        JsonNode figures = JSON.readTree(directory.readText(name + ".json"));
        if (figures.path("epochs").asInt() != Integer.parseInt(name.substring("epoch-".length()))) {
            throw new IOException(
                    "expected the figures of " + name + ", found those of epoch " + figures.path("epochs"));
        }
        byte[] file = directory.read(name + ".safetensors");
        if (!Sha256.of(file).equals(figures.path("sha256").asText())) {
            throw new IOException("expected SHA-256 " + figures.path("sha256").asText() + ", found " + Sha256.of(file));
        }
        Safetensors tensors = Safetensors.read(directory.path(name), file);
        List<Double> losses = new ArrayList<>();
        figures.path("losses").forEach(l -> losses.add(l.asDouble()));
        Snapshot snapshot = new Snapshot(
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
        check(snapshot);
        return new Files(figures, snapshot);
    }

    /** Arrays and figures that no training writes together would fail in the middle of the next epoch. */
    private static void check(Snapshot s) throws IOException {
        for (float[] state : s.states()) {
            if (state.length != s.model().weights().length) {
                throw new IOException(
                        "expected states of " + s.model().weights().length + " numbers, found one of " + state.length);
            }
        }
        if (s.epochs() < 1 || s.model().steps() < 0 || !(s.seconds() >= 0) || s.headPasses() < 0) {
            throw new IOException("expected at least one epoch and no figure below 0, found " + s.epochs() + " epochs, "
                    + s.model().steps() + " steps, " + s.seconds() + " s and " + s.headPasses() + " head passes");
        }
    }

    /** Refuses checkpoints of other settings or other data, and says in which settings they differ. */
    private Files ours(Files files) {
        JsonNode figures = files.figures();
        String found;
        if (figures.has("settings")) {
            Map<String, String> theirs = new LinkedHashMap<>();
            figures.get("settings")
                    .properties()
                    .forEach(e -> theirs.put(e.getKey(), e.getValue().asText()));
            found = String.join(", ", fingerprint.differences(theirs));
        } else {
            String hash = figures.path("fingerprint").asText();
            found = hash.equals(fingerprint.former()) ? "" : "those of version 0.1 with other settings or data";
        }
        if (!found.isEmpty()) {
            throw JobException.input(
                    "expected the checkpoints in %s to be of these settings and this data, found %s; use the options of the run that wrote them, or another --out, or leave out --resume",
                    directory, found);
        }
        return files;
    }

    /** The number of replicas of the run that wrote the newest checkpoint, or null where none says. */
    public static Integer replicas(Directory directory) {
        List<Named> all = names(directory);
        try {
            int found = all.isEmpty()
                    ? 0
                    : JSON.readTree(directory.readText(all.get(all.size() - 1).name() + ".json"))
                            .at("/settings/replicas")
                            .asInt();
            return found > 0 ? found : null;
        } catch (IOException e) {
            // A checkpoint that can't be read is reported where it is resumed.
            return null;
        }
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
        int[] shape = tensors.shape(name);
        if (shape.length != 1) {
            throw JobException.input(
                    "expected %s to be one row of numbers, found %d dimensions; restore the file", name, shape.length);
        }
        float[] out = new float[shape[0]];
        tensors.floats(name, out, 0);
        return out;
    }

    /** The checkpoints, oldest first. */
    private static List<Named> names(Directory directory) {
        return directory.names().stream()
                .map(NAME::matcher)
                .filter(Matcher::matches)
                .map(m -> new Named(
                        Integer.parseInt(m.group(1)),
                        m.group().substring(0, m.group().length() - 5)))
                .sorted(Comparator.comparingInt(Named::epoch))
                .toList();
    }
}
