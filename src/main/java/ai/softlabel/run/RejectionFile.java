package ai.softlabel.run;

import ai.softlabel.Rejection;
import ai.softlabel.files.Directory;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;

/** {@code rejected.jsonl}: a line for each picture that is not used, sorted by path. */
public final class RejectionFile {
    private RejectionFile() {}

    public static void write(List<Rejection> rejected, Directory run) throws IOException {
        StringBuilder lines = new StringBuilder();
        rejected.stream()
                .sorted(Comparator.comparing(Rejection::path))
                .forEach(r -> lines.append(
                        Json.line(Json.object().put("path", r.path()).put("reason", r.reason()))));
        run.writeText("rejected.jsonl", lines.toString());
    }
}
