package ai.softlabel.command.study;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.command.train.TrainJob;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.files.Directory;
import ai.softlabel.files.Lease;
import ai.softlabel.loss.Loss;
import ai.softlabel.loss.Losses;
import ai.softlabel.pipeline.CommandFailure;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.FrozenFeatures;
import ai.softlabel.pipeline.PreparedTraining;
import ai.softlabel.pipeline.ReportSections;
import ai.softlabel.pipeline.Session;
import ai.softlabel.pipeline.TrainedModel;
import ai.softlabel.report.LabelsStudyPage;
import ai.softlabel.report.LossStudyPage;
import ai.softlabel.report.StudyPage;
import ai.softlabel.report.StudyTable;
import ai.softlabel.run.Json;
import ai.softlabel.run.ModelCard;
import ai.softlabel.train.Fingerprint;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code study}: trains with several strengths of smoothing, or several losses, and several seeds on one cached data
 * set, and compares the runs on one page. Where only heads are trained, runs of one seed share the body's features. A
 * study that was stopped resumes run by run.
 */
public final class StudyJob {
    private static final String FILE = "study.json";

    private final StudySettings settings;
    private final Session session;
    private final ConsoleProgress console;
    private final Directory out;
    private PreparedTraining prepared;
    /** Those of the present seed, where only heads are trained. */
    private FrozenFeatures features;
    /** Null where the features are tried on no other pictures. */
    private Transfer transfer;

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
        Map<Loss, List<JsonNode>> byLoss = new LinkedHashMap<>();
        settings.all().forEach(loss -> byLoss.put(loss, new ArrayList<>()));
        try {
            // The report has status failed until the study is finished, in case it is killed.
            out.writeText(FILE, Json.pretty(head(ExitStatus.TRAINING)));
            // Listed before the first run, so that a wrong path is known before hours of training.
            transfer = settings.transfer() == null ? null : new Transfer(settings.transfer(), session, console);
            int number = 0;
            for (int i = 0; i < settings.seeds(); i++) {
                for (Loss loss : settings.all()) {
                    byLoss.get(loss).add(one(loss, settings.firstSeed() + i, ++number));
                }
                closeFeatures();
            }
        } catch (Throwable t) {
            JobException failure = CommandFailure.of(t);
            try {
                out.writeText(FILE, Json.pretty(head(failure.status()).put("message", failure.getMessage())));
            } catch (IOException | RuntimeException ignored) {
                // The caller gets the original failure.
            }
            throw failure;
        } finally {
            closeFeatures();
        }
        List<JsonNode> runs = byLoss.values().stream().flatMap(List::stream).toList();
        ObjectNode study = head(ExitStatus.DONE);
        if (settings.severalLabels()) {
            severalLabels(study, byLoss);
            return;
        }
        if (settings.ofLosses()) {
            compare(study, byLoss);
            return;
        }
        StudyTable table = StudyTable.of(runs);
        study.set("table", table.json());
        out.writeText("study.csv", StudyTable.csv(runs));
        out.writeText("reliability.svg", StudyPage.reliability(table));
        out.writeText("study.html", StudyPage.of(table, runs));
        out.writeText(FILE, Json.pretty(study));
        table.lines().forEach(line -> console.print("%s", line));
        console.print("wrote the study to %s", out);
    }

    /** Writes the comparison where pictures may have several labels. */
    private void severalLabels(ObjectNode study, Map<Loss, List<JsonNode>> byLoss) throws IOException {
        study.set("table", LabelsStudy.table(byLoss));
        out.writeText("study.csv", LabelsStudyPage.csv(study));
        out.writeText(
                "study.html",
                LabelsStudyPage.of(
                        study, byLoss.values().stream().map(r -> r.get(0)).toList()));
        out.writeText(FILE, Json.pretty(study));
        LabelsStudyPage.lines(study).forEach(line -> console.print("%s", line));
        console.print("wrote the study to %s", out);
    }

    /** Writes the comparison of losses. */
    private void compare(ObjectNode study, Map<Loss, List<JsonNode>> byLoss) throws IOException {
        Map<Loss, List<StudiedRun>> runs = new LinkedHashMap<>();
        for (Map.Entry<Loss, List<JsonNode>> e : byLoss.entrySet()) {
            List<StudiedRun> own = new ArrayList<>();
            for (int i = 0; i < e.getValue().size(); i++) {
                Directory run = directory(e.getKey(), settings.firstSeed() + i);
                List<Transfer.Tried> tried = transfer == null ? List.of() : transfer.of(TrainedModel.read(run));
                own.add(StudiedRun.read(session.sql(), run, e.getValue().get(i), tried));
            }
            runs.put(e.getKey(), own);
        }
        LossStudy losses = new LossStudy(runs);
        List<String> classes = ModelCard.read(directory(settings.all().get(0), settings.firstSeed()))
                .classes();
        if (transfer != null) {
            study.put("transfer", settings.transfer());
            out.writeText("transfer.jsonl", losses.transfer(transfer.classes(), settings.firstSeed()));
        }
        study.set("table", losses.table());
        study.set("projection", losses.projection(classes));
        out.writeText("study.csv", LossStudyPage.csv(study));
        out.writeText(
                "study.html",
                LossStudyPage.of(study, byLoss.values().iterator().next().get(0)));
        out.writeText(FILE, Json.pretty(study));
        LossStudyPage.lines(study).forEach(line -> console.print("%s", line));
        console.print("wrote the study to %s", out);
    }

    private Directory directory(Loss loss, long seed) {
        return out.sub("runs").sub(settings.name(loss) + "-seed-" + seed);
    }

    private void closeFeatures() {
        if (features != null) {
            features.close();
            features = null;
        }
    }

    private ObjectNode head(ExitStatus status) {
        ObjectNode n = ReportSections.start("study", status.code());
        ObjectNode shared = n.putObject("settings");
        settings.shared().forEach(shared::put);
        if (settings.ofLosses()) {
            ArrayNode losses = n.putArray("losses");
            settings.losses().forEach(loss -> losses.add(Losses.text(loss)));
        } else {
            settings.smoothing().forEach(n.putArray("smoothing")::add);
        }
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
    private JsonNode one(Loss loss, long seed, int number) throws IOException {
        Directory run = directory(loss, seed);
        int all = settings.all().size() * settings.seeds();
        String name =
                settings.ofLosses() ? Losses.text(loss) : settings.name(loss).replace('-', ' ');
        if (finished(run)) {
            console.print("run %d of %d: %s, seed %d is done", number, all, name, seed);
            return ReportSections.read(run);
        }
        console.print("run %d of %d: %s, seed %d", number, all, name, seed);
        if (prepared == null) {
            prepared = PreparedTraining.of(settings.train().setup(), session, console, out);
        }
        TrainSettings own = settings.run(loss, seed, run.path(""), !run.names().isEmpty());
        CommandFailure.guard("train", run, () -> {
            PreparedTraining training = prepared.again(own.setup(), session);
            TrainJob job = new TrainJob(own, session, console);
            if (training.recipe().frozen(training.recipe().epochs() - 1)) {
                // The body and the views of a seed are the same for every loss.
                features = features == null ? new FrozenFeatures(session, training, console) : features;
                job.train(training, features);
            } else {
                job.train(training);
            }
        });
        return ReportSections.read(run);
    }

    private static boolean finished(Directory run) throws IOException {
        return run.has(ReportSections.FILE)
                && Json.parse(run.readText(ReportSections.FILE)).path("status").asInt(-1) == ExitStatus.DONE.code();
    }
}
