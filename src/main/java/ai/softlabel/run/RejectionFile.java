package ai.softlabel.run;

import ai.softlabel.Rejection;
import ai.softlabel.files.Directory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;

/** {@code rejected.jsonl}: a line for each picture that is not used, sorted by path. */
public final class RejectionFile {
    public static final String FILE = "rejected.jsonl";

    private RejectionFile() {}

    public static void write(List<Rejection> rejected, Directory run) throws IOException {
        run.writeText(FILE, text(rejected));
    }

    /** Writes many, sorted by path, which need not be in memory together. */
    public static void write(Iterator<Rejection> sorted, Directory run) throws IOException {
        run.write(FILE, out -> {
            while (sorted.hasNext()) {
                out.write(line(sorted.next()).getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    /**
     * Writes one file of many in a folder of that name; nothing where nothing was rejected.
     *
     * @param name the file's name, without its ending
     * @param writer tells apart those that write the same file at once
     */
    public static void part(List<Rejection> rejected, Directory run, String name, String writer) throws IOException {
        if (!rejected.isEmpty()) {
            byte[] text = text(rejected).getBytes(StandardCharsets.UTF_8);
            run.sub(FILE).write(name + ".jsonl", writer, out -> out.write(text));
        }
    }

    private static String text(List<Rejection> rejected) {
        StringBuilder lines = new StringBuilder();
        rejected.stream().sorted(Comparator.comparing(Rejection::path)).forEach(r -> lines.append(line(r)));
        return lines.toString();
    }

    private static String line(Rejection r) {
        return Json.line(Json.object().put("path", r.path()).put("reason", r.reason()));
    }
}
