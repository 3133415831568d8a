package ai.softlabel.pipeline;

import ai.softlabel.JobException;
import ai.softlabel.files.Directory;
import ai.softlabel.metrics.Summary;
import ai.softlabel.metrics.WilsonInterval;
import ai.softlabel.run.Build;
import ai.softlabel.run.Json;
import ai.softlabel.run.MetricsSection;
import ai.softlabel.run.ModelCard;
import ai.softlabel.score.Bootstrap;
import ai.softlabel.score.Evaluation;
import ai.softlabel.score.Prediction;
import ai.softlabel.score.Subgroups;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;

/** The sections of {@code report.json} that the commands share. */
public final class ReportSections {
    public static final String FILE = "report.json";

    private ReportSections() {}

    /** Throws if {@code out} already holds files. */
    public static void requireEmpty(Directory out, String advice) {
        if (!out.names().isEmpty()) {
            throw JobException.options("expected --out %s to be empty or absent, found files in it; %s", out, advice);
        }
    }

    /**
     * Throws unless {@code out} is empty or, with {@code replace}, holds an earlier result of the same command. A
     * command removes that result's report when it holds the lease, so that a half-written result has none.
     */
    public static void requireFree(Directory out, String command, boolean replace) throws IOException {
        if (!replace) {
            requireEmpty(out, "give another, or --replace to overwrite an earlier " + command);
        } else if (!out.names().isEmpty()) {
            String found = out.has(FILE)
                    ? Json.parse(out.readText(FILE)).path("command").asText()
                    : "";
            if (!found.equals(command)) {
                throw JobException.options(
                        "expected --out %s to be empty or to hold an earlier %s, found %s; give another",
                        out, command, found.isEmpty() ? "other files" : "a " + found);
            }
        }
    }

    /** The first fields of every report. */
    public static ObjectNode start(String command, int status) {
        Build build = Build.current();
        return Json.object()
                .put("schema", 1)
                .put("command", command)
                .put("version", build.version())
                .put("git", build.git())
                .put("status", status);
    }

    /**
     * Reads a run's report. One of version 0.1 is converted to the current shape: it had the recalibration methods
     * beside {@code chosen}.
     *
     * @throws JobException of status 3 if it is not a JSON object
     */
    public static ObjectNode read(Directory run) throws IOException {
        ObjectNode report;
        try {
            report = (ObjectNode) Json.parse(run.readText(FILE));
        } catch (JsonProcessingException | ClassCastException e) {
            throw JobException.input(
                    "expected a report written by softlabel in %s, found other content; restore the file, or give another run",
                    run.path(FILE));
        }
        if (report.path("model") instanceof ObjectNode model && model.has("depth")) {
            ModelCard.architecture(model, "resnet" + model.get("depth").asInt());
        }
        JsonNode section = report.path("recalibrated");
        String name = section.path("chosen").textValue();
        JsonNode chosen = name == null ? MissingNode.getInstance() : section.path(name);
        if (chosen.isObject()) {
            ObjectNode methods = (ObjectNode) section.deepCopy();
            methods.remove("chosen");
            ObjectNode now = Json.object().put("chosen", name);
            ObjectNode flat = chosen.deepCopy();
            flat.remove(List.of("parameter", "parameters"));
            now.setAll(flat);
            now.set("methods", methods);
            report.set("recalibrated", now);
        }
        return report;
    }

    /** The name of the data in a report. */
    public static String data(String path) {
        return path == null ? "built-in sample" : path;
    }

    public static void spark(ObjectNode report, Session session) {
        report.putObject("spark")
                .put("version", session.spark().version())
                .put("master", session.spark().master())
                .put("executors", session.cluster().executors())
                .put("cores", session.cluster().executors() * session.cluster().coresPerExecutor());
    }

    /** Puts where the time went until now, from the command or from the application's run before. */
    public static void seconds(ObjectNode report, Session session) {
        Map<String, Double> phases = session.phases().seconds();
        ObjectNode seconds = report.putObject("seconds");
        phases.forEach(seconds::put);
        seconds.put(
                "whole",
                phases.values().stream().mapToDouble(Double::doubleValue).sum());
    }

    private static Map<String, double[]> intervals(
            JavaRDD<Prediction> predictions, Summary total, ConsoleProgress console) {
        try (TaskProgress progress = new TaskProgress(
                Bootstrap.PROGRESS,
                predictions.getNumPartitions(),
                new CountProgress(console, "intervals", "draws", Bootstrap.work(total)))) {
            return Bootstrap.intervals(predictions, total);
        }
    }

    /**
     * @param species see {@link Subgroups#species}
     * @param console where the progress of the intervals is shown
     */
    public static void test(
            ObjectNode report,
            Evaluation scores,
            JavaRDD<Prediction> predictions,
            List<String> classes,
            boolean species,
            ConsoleProgress console) {
        Map<String, double[]> intervals =
                predictions == null ? Map.of() : intervals(predictions, scores.total(), console);
        report.set("test", MetricsSection.full(scores.total(), intervals));
        ArrayNode rows = report.putArray("partitions");
        for (Evaluation.Partition p : scores.partitions()) {
            ObjectNode row = rows.addObject().put("id", p.id()).put("host", p.host());
            row.setAll(MetricsSection.brief(p.summary()));
        }
        if (predictions != null) {
            ObjectNode slices = report.putObject("slices");
            Subgroups.of(predictions, classes, species).forEach((kind, all) -> {
                ObjectNode of = slices.putObject(kind);
                all.forEach((name, summary) -> {
                    ObjectNode row = MetricsSection.brief(summary);
                    if (kind.equals("breed") && summary.count() > 0) {
                        double recall = 1 - summary.error();
                        WilsonInterval interval = WilsonInterval.of(recall, summary.count());
                        row.put("recall", recall)
                                .putArray("recall_interval")
                                .add(interval.low())
                                .add(interval.high());
                    }
                    of.set(name, row);
                });
            });
        }
    }

    /** Writes a report of the failure, unless {@code out} holds the report of a finished command. */
    public static void failed(String command, Directory out, JobException e) {
        try {
            if (out.has(FILE) && Json.parse(out.readText(FILE)).path("status").asInt(-1) == 0) {
                return;
            }
            out.writeText(FILE, Json.pretty(start(command, e.status().code()).put("message", e.getMessage())));
        } catch (IOException | RuntimeException ignored) {
            // The caller gets the original failure.
        }
    }
}
