package ai.softlabel.train;

import ai.softlabel.JobException;
import ai.softlabel.Plain;
import ai.softlabel.files.Directory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run's checkpoints: which are kept, and which one a run goes on from. A checkpoint whose last file is missing or
 * does not fit the others ({@link CheckpointFiles}) is not whole, and is passed over, as long as there is an older one
 * that is.
 */
public final class Checkpoints {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Directory directory;
    private final Fingerprint fingerprint;
    private final int keep;
    private final CheckpointFiles files;

    /**
     * @param fingerprint names the recipe and the data; a run goes on only from checkpoints of the same
     * @param keep how many are kept, at least 1
     */
    public Checkpoints(Directory directory, Fingerprint fingerprint, int keep) {
        this(directory, fingerprint, keep, CheckpointArrays.MOST);
    }

    /** @param most numbers of a part */
    Checkpoints(Directory directory, Fingerprint fingerprint, int keep, int most) {
        this.files = new CheckpointFiles(directory, most);
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
        CheckpointName written = files.write(s, fingerprint);
        List<CheckpointName> all = CheckpointName.all(directory);
        // Newer ones were passed over because they are damaged: they do not take the place of this one.
        List<CheckpointName> whole = all.stream()
                .filter(n -> n.step() == 0 && n.epoch() <= written.epoch())
                .toList();
        List<CheckpointName> kept = whole.subList(Math.max(0, whole.size() - keep), whole.size());
        for (CheckpointName old : all) {
            boolean goes = old.step() > 0
                    ? !old.equals(written)
                    : whole.contains(old) && !kept.contains(old) && old.epoch() != best;
            if (goes) {
                files.delete(old);
            }
        }
    }

    /**
     * The newest whole snapshot, or null where there are no checkpoints.
     *
     * @throws JobException of status 3 where it is of another recipe or other data, or where there are checkpoints and
     *     none can be read
     */
    public Snapshot newest() {
        List<CheckpointName> all = CheckpointName.all(directory);
        String newest = null;
        for (int i = all.size() - 1; i >= 0; i--) {
            CheckpointFiles.Content found;
            try {
                found = files.read(all.get(i));
            } catch (IOException | RuntimeException e) {
                LOG.warn(
                        "checkpoint {} in {} is not whole ({})",
                        all.get(i).text(),
                        directory,
                        Plain.line(e.getMessage()));
                newest = newest == null ? e.getMessage() : newest;
                continue;
            }
            return ours(found);
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
        for (CheckpointName n : CheckpointName.all(directory)) {
            if (n.epoch() == epoch && n.step() == 0) {
                return ours(files.read(n));
            }
        }
        throw new FileNotFoundException("no checkpoint of epoch " + epoch + " in " + directory);
    }

    /** Whether the snapshot after an epoch is there. */
    public boolean has(int epoch) {
        return CheckpointName.all(directory).stream().anyMatch(n -> n.epoch() == epoch && n.step() == 0);
    }

    /**
     * Lets executors write what they have of a checkpoint themselves, as far as they see the folder. What they wrote
     * for a checkpoint that has no index, as where the driver was killed, is removed, and so is what they had not
     * finished; to be called where nobody writes.
     */
    public StateFiles open() throws IOException {
        directory.deleteUnfinished();
        List<String> indexed =
                CheckpointName.all(directory).stream().map(CheckpointName::text).toList();
        for (String file : directory.names()) {
            if (StateFiles.named(file) && !indexed.contains(file.substring(0, file.indexOf('.')))) {
                directory.delete(file);
            }
        }
        return StateFiles.open(directory, CheckpointArrays.MOST);
    }

    /** Refuses checkpoints of other settings or other data, and says in which settings they differ. */
    private Snapshot ours(CheckpointFiles.Content content) {
        JsonNode figures = content.figures();
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
        return content.snapshot();
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
        List<CheckpointName> all = CheckpointName.all(directory);
        try {
            return all.isEmpty()
                    ? MissingNode.getInstance()
                    : JSON.readTree(directory.readText(all.get(all.size() - 1).index()));
        } catch (IOException e) {
            // A checkpoint that can't be read is reported where it is resumed.
            return MissingNode.getInstance();
        }
    }
}
