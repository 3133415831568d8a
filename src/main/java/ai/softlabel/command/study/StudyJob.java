package ai.softlabel.command.study;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.command.train.TrainJob;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.files.Directory;
import ai.softlabel.files.Lease;
import ai.softlabel.pipeline.CommandFailure;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.PreparedTraining;
import ai.softlabel.pipeline.ReportSections;
import ai.softlabel.pipeline.Session;
import ai.softlabel.report.StudyPage;
import ai.softlabel.report.StudyTable;
import ai.softlabel.run.Json;
import ai.softlabel.train.Fingerprint;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code study}: trains with several strengths of smoothing and several seeds on one cached data set, and compares
 * error, calibration, over-fitting and logits in one table. A study that was stopped resumes run by run.
 */
public final class StudyJob {
    private static final String FILE = "study.json";

    private final StudySettings settings;
    private final Session session;
    private final ConsoleProgress console;
    private final Directory out;
    private PreparedTraining prepared;

    public StudyJob(StudySettings settings, Session session, ConsoleProgress console) {
        this.settings = settings;
        this.session = session;
        this.console = console;
        this.out = Directory.of("out", settings.train().out(), session.spark().hadoopConfiguration());
    }

    /**
     * Trains the runs that are not finished, and writes {@code study.json}, {@code study.csv}, {@code study.html} and
     * {@code reliability.svg}.
     */
    public void run() throws IOException {
        if (!settings.resume()) {
            ReportSections.requireEmpty(out, "give another, or --resume to continue that study");
        }
        check();
        try (Lease lease = Lease.take(out, "out")) {
            study();
        }
    }

    private void study() throws IOException {
        List<JsonNode> runs = new ArrayList<>();
        try {
            // The report has status failed until the study is finished, in case it is killed.
            out.writeText(FILE, Json.pretty(head(ExitStatus.TRAINING)));
            for (double smoothing : settings.smoothing()) {
                for (int i = 0; i < settings.seeds(); i++) {
                    runs.add(one(smoothing, settings.firstSeed() + i, runs.size() + 1));
                }
            }
        } catch (Throwable t) {
            JobException failure = CommandFailure.of(t);
            try {
                out.writeText(FILE, Json.pretty(head(failure.status()).put("message", failure.getMessage())));
            } catch (IOException | RuntimeException ignored) {
                // The caller gets the original failure.
            }
            throw failure;
        }
        StudyTable table = StudyTable.of(runs);
        ObjectNode study = head(ExitStatus.DONE);
        study.set("table", table.json());
        out.writeText("study.csv", StudyTable.csv(runs));
        out.writeText("reliability.svg", StudyPage.reliability(table));
        out.writeText("study.html", StudyPage.of(table, runs));
        out.writeText(FILE, Json.pretty(study));
        table.lines().forEach(line -> console.print("%s", line));
        console.print("wrote the study to %s", out);
    }

    private ObjectNode head(ExitStatus status) {
        ObjectNode n = ReportSections.start("study", status.code());
        ObjectNode shared = n.putObject("settings");
        settings.shared().forEach(shared::put);
        settings.smoothing().forEach(n.putArray("smoothing")::add);
        return n.put("seeds", settings.seeds()).put("first_seed", settings.firstSeed());
    }

    /** Refuses a study with other settings; more strengths or seeds of the same settings may be added. */
    private void check() throws IOException {
        if (!out.has(FILE)) {
            return;
        }
        JsonNode before = Json.parse(out.readText(FILE));
        List<String> differences = new ArrayList<>();
        if (before.path("settings").isTextual()) {
            if (!before.path("settings").asText().equals(settings.former())) {
                differences.add("other settings, of version 0.1");
            }
        } else {
            Map<String, String> found = new LinkedHashMap<>();
            before.path("settings")
                    .properties()
                    .forEach(e -> found.put(e.getKey(), e.getValue().asText()));
            differences.addAll(Fingerprint.differences(settings.shared(), found));
        }
        if (before.path("first_seed").asLong() != settings.firstSeed()) {
            differences.add("seed " + before.path("first_seed") + " instead of " + settings.firstSeed());
        }
        if (!differences.isEmpty()) {
            throw JobException.options(
                    "expected the settings of the study in --out %s, found %s; give those, or another --out",
                    out, String.join(", ", differences));
        }
    }

    /** The report of one run; trains the run first if it is not finished. */
    private JsonNode one(double smoothing, long seed, int number) throws IOException {
        Directory run = out.sub("runs").sub("smoothing-" + smoothing + "-seed-" + seed);
        int all = settings.smoothing().size() * settings.seeds();
        if (finished(run)) {
            console.print("run %d of %d: smoothing %s, seed %d is done", number, all, smoothing, seed);
        } else {
            console.print("run %d of %d: smoothing %s, seed %d", number, all, smoothing, seed);
            if (prepared == null) {
                prepared = PreparedTraining.of(settings.train().setup(), session, console, out);
            }
            TrainSettings own =
                    settings.run(smoothing, seed, run.path(""), !run.names().isEmpty());
            CommandFailure.guard("train", run, () -> new TrainJob(own, session, console)
                    .train(prepared.again(own.setup(), session)));
        }
        return ReportSections.read(run);
    }

    private static boolean finished(Directory run) throws IOException {
        return run.has(ReportSections.FILE)
                && Json.parse(run.readText(ReportSections.FILE)).path("status").asInt(-1) == ExitStatus.DONE.code();
    }
}
