package ai.softlabel.command.bench;

import ai.softlabel.JobException;
import ai.softlabel.command.train.TrainJob;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.files.Directory;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.ReportSections;
import ai.softlabel.pipeline.Session;
import ai.softlabel.run.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code bench job}: runs a training as {@code train} does, and tells from its report where the time went, from the
 * command to the report.
 */
public final class WholeJob {
    /** The steps, and what takes their place: the frozen body's passes, and the steps of the folds' heads. */
    private static final List<String> STEPS = List.of("steps", "features", "folds");

    private static final String ROW = "%-14s %9.2f %7.1f %%%n";

    private final TrainSettings settings;
    private final Session session;
    private final PrintStream out;

    /**
     * @param settings whose run directory may be null: then the run lies in a temporary folder, and is deleted
     * @param out where the line and the table are printed
     */
    public WholeJob(TrainSettings settings, Session session, PrintStream out) {
        this.settings = settings;
        this.session = session;
        this.out = out;
    }

    /** Trains, and prints a JSON line and a table. */
    public void run() throws IOException {
        boolean keeps = settings.out() != null;
        requireOut(settings.out(), session.spark().master());
        Directory run = Directory.of(
                "out",
                keeps
                        ? settings.out()
                        : Files.createTempDirectory("softlabel-bench").toUri().toString(),
                session.spark().hadoopConfiguration());
        try (ConsoleProgress nothing = ConsoleProgress.silent()) {
            new TrainJob(settings.toBuilder().out(run.path("")).build(), session, nothing).run();
            ObjectNode line = line(Json.parse(run.readText(ReportSections.FILE)));
            out.print(Json.line(line));
            table(line);
            out.flush();
        } finally {
            if (!keeps) {
                run.delete("");
            }
        }
    }

    /** A temporary folder is one of this machine only. */
    static void requireOut(String out, String master) {
        if (out == null && !master.startsWith("local")) {
            throw JobException.options(
                    "expected --out with a directory that all executors see, for bench job on %s, found none; give one",
                    master);
        }
    }

    private static ObjectNode line(JsonNode report) {
        JsonNode training = report.get("training");
        JsonNode seconds = report.get("seconds");
        ObjectNode line = Json.object()
                .put("case", BenchSettings.JOB)
                .put("git", report.get("git").asText())
                .put("master", report.at("/spark/master").asText())
                .put("executors", report.at("/spark/executors").asInt())
                .put("architecture", training.get("architecture").asText())
                .put("image_size", report.at("/model/image_size").asInt())
                .put("batch_size", training.get("batch_size").asInt())
                .put("replicas", training.get("replicas").asInt())
                .put("pictures", report.at("/data/train").asInt())
                .put("epochs", training.get("epochs").asInt())
                .put("steps", training.get("steps").asInt());
        line.set("seconds", seconds);
        double whole = seconds.get("whole").asDouble();
        double others = whole;
        for (String phase : STEPS) {
            others -= seconds.path(phase).asDouble();
        }
        return line.put("not_steps_seconds", others).put("not_steps_share", others / whole);
    }

    private void table(ObjectNode line) {
        double whole = line.at("/seconds/whole").asDouble();
        out.printf(Locale.ROOT, "%-14s %9s %9s%n", "phase", "seconds", "share");
        for (Map.Entry<String, JsonNode> e : line.get("seconds").properties()) {
            double seconds = e.getValue().asDouble();
            out.printf(Locale.ROOT, ROW, e.getKey(), seconds, 100 * seconds / whole);
        }
        double others = line.get("not_steps_seconds").asDouble();
        out.printf(Locale.ROOT, ROW, "not steps", others, 100 * others / whole);
    }
}
