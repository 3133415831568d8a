package ai.softlabel.job;

import ai.softlabel.JobException;
import ai.softlabel.files.Directory;
import ai.softlabel.predict.Bootstrap;
import ai.softlabel.predict.Prediction;
import ai.softlabel.predict.Scores;
import ai.softlabel.predict.Slices;
import ai.softlabel.report.Build;
import ai.softlabel.report.Json;
import ai.softlabel.report.TestSection;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;

/** The sections of {@code report.json} that the commands share. */
final class Reports {
    static final String FILE = "report.json";

    private Reports() {}

    /** Refuses to write among files that are there already. */
    static void requireEmpty(Directory out, String advice) {
        if (!out.names().isEmpty()) {
            throw JobException.options("expected --out %s to be empty or absent, found files in it; %s", out, advice);
        }
    }

    /**
     * An out that is empty, or with {@code replace} one that holds an earlier result of the same command, whose report
     * is removed: until the new one is written, there is no result.
     */
    static void requireFree(Directory out, String command, boolean replace) throws IOException {
        if (!replace) {
            requireEmpty(out, "give another, or --replace to write over an earlier " + command);
        } else if (!out.names().isEmpty()) {
            String found = out.has(FILE)
                    ? Json.parse(out.readText(FILE)).path("command").asText()
                    : "";
            if (!found.equals(command)) {
                throw JobException.options(
                        "expected --out %s to be empty or to hold an earlier %s, found %s; give another",
                        out, command, found.isEmpty() ? "other files" : "a " + found);
            }
            out.delete(FILE);
        }
    }

    /** A report's head. */
    static ObjectNode begin(String command, int status) {
        Build build = Build.current();
        return Json.object()
                .put("schema", 1)
                .put("command", command)
                .put("version", build.version())
                .put("git", build.git())
                .put("status", status);
    }

    /** How a report names the data. */
    static String data(String path) {
        return path == null ? "built-in sample" : path;
    }

    static void spark(ObjectNode report, Session session) {
        report.putObject("spark")
                .put("version", session.spark().version())
                .put("master", session.spark().master())
                .put("executors", session.cluster().executors())
                .put("cores", session.cluster().executors() * session.cluster().coresPerExecutor());
    }

    static void test(ObjectNode report, Scores scores, JavaRDD<Prediction> predictions, List<String> classes) {
        Map<String, double[]> intervals =
                predictions == null ? Map.of() : Bootstrap.intervals(predictions, scores.total());
        report.set("test", TestSection.full(scores.total(), intervals));
        ArrayNode rows = report.putArray("partitions");
        for (Scores.Partition p : scores.partitions()) {
            ObjectNode row = rows.addObject().put("id", p.id()).put("host", p.host());
            row.setAll(TestSection.brief(p.summary()));
        }
        if (predictions != null) {
            ObjectNode slices = report.putObject("slices");
            Slices.of(predictions, classes).forEach((kind, all) -> {
                ObjectNode of = slices.putObject(kind);
                all.forEach((name, summary) -> of.set(name, TestSection.brief(summary)));
            });
        }
    }

    /** Writes down that a command failed, where there is a place to; a report of one that was done stays. */
    static void failed(String command, Directory out, JobException e) {
        try {
            if (out.has(FILE) && Json.parse(out.readText(FILE)).path("status").asInt(-1) == 0) {
                return;
            }
            out.writeText(FILE, Json.pretty(begin(command, e.status().code()).put("message", e.getMessage())));
        } catch (IOException | RuntimeException ignored) {
            // The caller is told of the failure itself.
        }
    }
}
