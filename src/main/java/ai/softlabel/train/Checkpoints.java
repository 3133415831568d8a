package ai.softlabel.train;

import ai.softlabel.JobException;
import ai.softlabel.Plain;
import ai.softlabel.files.Directory;
import ai.softlabel.network.ModelState;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
 * Snapshots on disk: after epoch N the arrays in {@code epoch-N.safetensors} and further parts
 * ({@link CheckpointArrays}) and in files that executors wrote ({@link StateFiles}), and then {@code epoch-N.json} with
 * the figures and the files' SHA-256; within the epoch after it, {@code epoch-N-step-S} in place of {@code epoch-N}. A
 * checkpoint whose last file is missing or does not fit the others is not whole, and is passed over, as long as there
 * is an older one that is.
 */
public final class Checkpoints {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
    private static final String LOSS_STATE = "loss_state";
    private static final ObjectMapper JSON = new ObjectMapper();
    // Digits of any script: a name's are those of the locale that it was written in, where that was not the root's.
    private static final Pattern NAME = Pattern.compile("epoch-(\\p{Nd}{4,9})(?:-step-(\\p{Nd}{7,9}))?\\.json");

    private final Directory directory;
    private final Fingerprint fingerprint;
    private final int keep;
    private final CheckpointArrays arrays;

    /** A checkpoint's files, without what tells them apart; step 0 is between two epochs. */
    private record Named(int epoch, int step, String name) {}

    /**
     * @param fingerprint names the recipe and the data; a run goes on only from checkpoints of the same
     * @param keep how many are kept, at least 1
     */
    public Checkpoints(Directory directory, Fingerprint fingerprint, int keep) {
        this(directory, fingerprint, keep, CheckpointArrays.MOST);
    }

    /** @param most numbers of a part */
    Checkpoints(Directory directory, Fingerprint fingerprint, int keep, int most) {
        this.arrays = new CheckpointArrays(directory, most);
        this.directory = directory;
        this.fingerprint = fingerprint;
        this.keep = keep;
    }

    /**
     * Writes a snapshot and removes the oldest ones beyond those kept; of those within an epoch, the newest one is kept
     * until its epoch ends.
     *
     * @param best an epoch whose snapshot stays as well, or 0
     */
    public void write(Snapshot s, int best) throws IOException {
        Snapshot.Within within = s.within();
        Named written = new Named(s.epochs(), s.step(), name(s));
        ObjectNode figures = JSON.createObjectNode()
                .put("fingerprint", fingerprint.hash())
                .put("epochs", s.epochs())
                .put("steps", s.model().steps())
                .put("seconds", s.seconds())
                .put("head_passes", s.headPasses());
        arrays.write(written.name(), arrays(s), figures);
        if (within != null) {
            figures.set("within", CheckpointWithin.of(within));
        }
        if (s.stored() != null) {
            CheckpointSlices.put(figures, s);
        }
        ObjectNode settings = figures.putObject("settings");
        fingerprint.fields().forEach(settings::put);
        s.losses().forEach(figures.putArray("losses")::add);
        directory.writeText(written.name() + ".json", figures.toString());
        List<Named> all = names(directory);
        // Newer ones were passed over because they are damaged: they do not take the place of this one.
        List<Named> whole = all.stream()
                .filter(n -> n.step() == 0 && n.epoch() <= written.epoch())
                .toList();
        List<Named> kept = whole.subList(Math.max(0, whole.size() - keep), whole.size());
        for (Named old : all) {
            boolean goes = old.step() > 0
                    ? !old.name().equals(written.name())
                    : whole.contains(old) && !kept.contains(old) && old.epoch() != best;
            if (goes) {
                directory.delete(old.name() + ".json");
                arrays.delete(old.name());
            }
        }
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
                files = files(all.get(i));
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
                    directory, all.size(), Plain.reason(newest));
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
            if (n.epoch() == epoch && n.step() == 0) {
                return ours(files(n)).snapshot();
            }
        }
        throw new FileNotFoundException("no checkpoint of epoch " + epoch + " in " + directory);
    }

    /** Whether the snapshot after an epoch is there. */
    public boolean has(int epoch) {
        return names(directory).stream().anyMatch(n -> n.epoch() == epoch && n.step() == 0);
    }

    private static String name(Snapshot s) {
        return name(s.epochs(), s.step());
    }

    /**
     * The name of a checkpoint's files.
     *
     * @param epochs that are done
     * @param step within the next one, or 0
     */
    static String name(int epochs, int step) {
        return step == 0
                ? String.format(Locale.ROOT, "epoch-%04d", epochs)
                : String.format(Locale.ROOT, "epoch-%04d-step-%07d", epochs, step);
    }

    /**
     * Lets executors write what they have of a checkpoint themselves, as far as they see the folder. What they wrote
     * for a checkpoint that has no index, as where the driver was killed, is removed, and so is what they had not
     * finished; to be called where nobody writes.
     */
    public StateFiles open() throws IOException {
        directory.deleteUnfinished();
        List<String> indexed = names(directory).stream().map(Named::name).toList();
        for (String file : directory.names()) {
            if (StateFiles.named(file) && !indexed.contains(file.substring(0, file.indexOf('.')))) {
                directory.delete(file);
            }
        }
        return StateFiles.open(directory, CheckpointArrays.MOST);
    }

    /** What a whole checkpoint's files say. */
    private record Files(JsonNode figures, Snapshot snapshot) {}

    private Files files(Named named) throws IOException {
        JsonNode figures = JSON.readTree(directory.readText(named.name() + ".json"));
        int step = figures.at("/within/step").asInt();
        if (figures.path("epochs").asInt() != named.epoch() || step != named.step()) {
            throw new IOException("expected the figures of " + named.name() + ", found those of epoch "
                    + figures.path("epochs") + ", step " + step);
        }
        Map<String, float[]> found = arrays.read(named.name(), figures);
        List<Double> losses = new ArrayList<>();
        figures.path("losses").forEach(l -> losses.add(l.asDouble()));
        StateFiles.Stored stored =
                figures.has("slices") ? CheckpointSlices.read(directory, named.name(), figures, found) : null;
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
        return new Files(figures, snapshot);
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

    /** Refuses checkpoints of other settings or other data, and says in which settings they differ. */
    private Files ours(Files files) {
        JsonNode figures = files.figures();
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
        return files;
    }

    private static Map<String, String> settings(JsonNode figures) {
        Map<String, String> settings = new LinkedHashMap<>();
        figures.path("settings")
                .properties()
                .forEach(e -> settings.put(e.getKey(), e.getValue().asText()));
        return settings;
    }

    /** The settings of the run that wrote the newest checkpoint ({@link Fingerprint}); empty where none says. */
    public static Map<String, String> settings(Directory directory) {
        return settings(newest(directory));
    }

    /** The number of replicas of the run that wrote the newest checkpoint, or null where none says. */
    public static Integer replicas(Directory directory) {
        int found = newest(directory).at("/settings/replicas").asInt();
        return found > 0 ? found : null;
    }

    /** The newest checkpoint's figures; a missing node where there are none to read. */
    private static JsonNode newest(Directory directory) {
        List<Named> all = names(directory);
        try {
            return all.isEmpty()
                    ? MissingNode.getInstance()
                    : JSON.readTree(directory.readText(all.get(all.size() - 1).name() + ".json"));
        } catch (IOException e) {
            // A checkpoint that can't be read is reported where it is resumed.
            return MissingNode.getInstance();
        }
    }

    static float[] array(Map<String, float[]> found, String name) throws IOException {
        float[] array = found.get(name);
        if (array == null) {
            throw new IOException("expected the array " + name + ", found none");
        }
        return array;
    }

    /** The checkpoints, oldest first. */
    private static List<Named> names(Directory directory) {
        return directory.names().stream()
                .map(NAME::matcher)
                .filter(Matcher::matches)
                .map(m -> new Named(
                        Integer.parseInt(m.group(1)),
                        m.group(2) == null ? 0 : Integer.parseInt(m.group(2)),
                        m.group().substring(0, m.group().length() - ".json".length())))
                .sorted(Comparator.comparingInt(Named::epoch).thenComparingInt(Named::step))
                .toList();
    }
}
