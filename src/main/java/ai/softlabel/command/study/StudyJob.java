package ai.softlabel.command.study;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.Sha256;
import ai.softlabel.command.train.TrainJob;
import ai.softlabel.files.Directory;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.PreparedTraining;
import ai.softlabel.pipeline.ReportSections;
import ai.softlabel.pipeline.Session;
import ai.softlabel.pipeline.TrainSettings;
import ai.softlabel.report.StudyPage;
import ai.softlabel.report.StudyTable;
import ai.softlabel.run.Json;
import ai.softlabel.train.Recipe;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code study}: the same training at several strengths of smoothing and from several seeds, on one cached data set;
 * what smoothing does to error, calibration, over-fitting and logits, in one table. It goes on run by run after a stop.
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
     * Trains what is not trained yet, and writes {@code study.json}, {@code study.csv}, {@code study.html} and
     * {@code reliability.svg}.
     */
    public void run() throws IOException {
        if (!settings.resume()) {
            ReportSections.requireEmpty(out, "give another, or --resume to go on with that study");
        }
        String shared = Sha256.of(settings.train()
                .with(settings.train().recipe().with(0, 0), "", true)
                .toString());
        check(shared);
        List<JsonNode> runs = new ArrayList<>();
        try {
            // A study that is stopped by force is one whose training failed.
            out.writeText(FILE, Json.pretty(head(ExitStatus.TRAINING, shared)));
            for (double smoothing : settings.smoothing()) {
                for (int i = 0; i < settings.seeds(); i++) {
                    runs.add(one(smoothing, settings.train().recipe().seed() + i, runs.size() + 1));
                }
            }
        } catch (JobException e) {
            out.writeText(FILE, Json.pretty(head(e.status(), shared).put("message", e.getMessage())));
            throw e;
        }
        StudyTable table = StudyTable.of(runs);
        ObjectNode study = head(ExitStatus.DONE, shared);
        study.set("table", table.json());
        out.writeText("study.csv", StudyTable.csv(runs));
        out.writeText("reliability.svg", StudyPage.reliability(table));
        out.writeText("study.html", StudyPage.of(table, runs));
        out.writeText(FILE, Json.pretty(study));
        table.lines().forEach(line -> console.say("%s", line));
        console.say("the study is in %s", out);
    }

    private ObjectNode head(ExitStatus status, String shared) {
        ObjectNode n = ReportSections.begin("study", status.code()).put("settings", shared);
        settings.smoothing().forEach(n.putArray("smoothing")::add);
        return n.put("seeds", settings.seeds())
                .put("first_seed", settings.train().recipe().seed());
    }

    /** Runs of other settings are not mixed in; more strengths or seeds of the same ones are. */
    private void check(String shared) throws IOException {
        if (out.has(FILE)) {
            JsonNode before = Json.parse(out.readText(FILE));
            if (!before.path("settings").asText().equals(shared)
                    || before.path("first_seed").asLong()
                            != settings.train().recipe().seed()) {
                throw JobException.options(
                        "expected the settings of the study in --out %s, found others; give those, or another --out",
                        out);
            }
        }
    }

    /** One run's report, of a run that is trained now where it is not finished. */
    private JsonNode one(double smoothing, long seed, int number) throws IOException {
        Directory run = out.sub("runs").sub("smoothing-" + smoothing + "-seed-" + seed);
        int all = settings.smoothing().size() * settings.seeds();
        if (finished(run)) {
            console.say("run %d of %d: smoothing %s, seed %d is done", number, all, smoothing, seed);
        } else {
            console.say("run %d of %d: smoothing %s, seed %d", number, all, smoothing, seed);
            if (prepared == null) {
                prepared = PreparedTraining.of(settings.train(), session, console, out);
            }
            Recipe recipe = settings.train().recipe().with(smoothing, seed);
            TrainSettings own =
                    settings.train().with(recipe, run.path(""), !run.names().isEmpty());
            try {
                new TrainJob(own, session, console).train(prepared.again(own, session));
            } catch (JobException e) {
                ReportSections.failed("train", run, e);
                throw e;
            }
        }
        return Json.parse(run.readText(ReportSections.FILE));
    }

    private static boolean finished(Directory run) throws IOException {
        return run.has(ReportSections.FILE)
                && Json.parse(run.readText(ReportSections.FILE)).path("status").asInt(-1) == ExitStatus.DONE.code();
    }
}
