package ai.softlabel.run;

import ai.softlabel.files.Directory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code epochs.jsonl}: a line for each epoch, written when the epoch ends. */
public final class EpochLog {
    /** Its name in a run. */
    public static final String FILE = "epochs.jsonl";

    private final Directory run;
    private final List<String> lines;

    private EpochLog(Directory run, List<String> lines) {
        this.run = run;
        this.lines = new ArrayList<>(lines);
    }

    /** The log of a run that resumes after {@code epochs} epochs; later lines are dropped. */
    public static EpochLog after(Directory run, int epochs) throws IOException {
        List<String> old = epochs > 0 && run.has(FILE)
                ? run.readText(FILE).lines().limit(epochs).toList()
                : List.of();
        return new EpochLog(run, old);
    }

    /** The lines so far. */
    public List<JsonNode> lines() throws IOException {
        List<JsonNode> out = new ArrayList<>();
        for (String line : lines) {
            out.add(Json.parse(line));
        }
        return out;
    }

    /** Adds an epoch. Not all file systems can append, so the whole file, which is short, is written again. */
    public void add(ObjectNode line) throws IOException {
        lines.add(line.toString());
        run.writeText(FILE, String.join("\n", lines) + "\n");
    }
}
