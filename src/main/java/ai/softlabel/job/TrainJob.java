package ai.softlabel.job;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.Part;
import ai.softlabel.files.Directory;
import ai.softlabel.live.Watch;
import ai.softlabel.metrics.Summary;
import ai.softlabel.predict.Scores;
import ai.softlabel.report.EpochLog;
import ai.softlabel.report.Json;
import ai.softlabel.report.TestSection;
import ai.softlabel.train.Checkpoints;
import ai.softlabel.train.Recipe;
import ai.softlabel.train.Snapshot;
import ai.softlabel.train.StepTimes;
import ai.softlabel.train.Trainer;
import ai.softlabel.train.TrainingSet;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;

/** {@code train}: from pictures to a run directory. */
public final class TrainJob {
    private final TrainSettings settings;
    private final Session session;
    private final Narrator narrator;
    private final Directory out;
    private long peakResident;
    private StepTimes times = StepTimes.NONE;

    public TrainJob(TrainSettings settings, Session session, Narrator narrator) {
        this.settings = settings;
        this.session = session;
        this.narrator = narrator;
        this.out = Directory.of("out", settings.out(), session.spark().hadoopConfiguration());
    }

    /** Runs the job; a failure is written to the report, where there is a place for it, and thrown on. */
    public void run() throws IOException {
        if (!settings.resume()) {
            Reports.requireEmpty(out, "give another, or --resume to go on with that run");
        }
        try {
            train(Preparation.of(settings, session, narrator, out));
        } catch (JobException e) {
            Reports.failed("train", out, e);
            throw e;
        }
    }

    /** Trains on what is prepared already, and writes the run. */
    void train(Preparation prepared) throws IOException {
        Checkpoints checkpoints =
                new Checkpoints(out.sub("checkpoints"), prepared.fingerprint(settings), settings.keep());
        try (Watch watch = new Watch(session.spark())) {
            watch.started(Watched.run(settings, prepared));
            try {
                train(prepared, checkpoints, watch);
                watch.ended(ExitStatus.DONE.code(), "");
            } catch (JobException e) {
                watch.ended(e.status().code(), e.getMessage());
                throw e;
            }
        }
        narrator.say("the run is in %s", out);
    }

    private void train(Preparation prepared, Checkpoints checkpoints, Watch watch) throws IOException {
        EarlyStopping stopping = new EarlyStopping(settings.patience());
        try (FrozenParts frozen = new FrozenParts(session, prepared);
                Scoring scoring = new Scoring(session, prepared, frozen)) {
            Snapshot end =
                    epochs(prepared, frozen, checkpoints, stopping, scoring, watch, start(checkpoints, prepared));
            Snapshot best = stopping.bestEpoch() == 0 ? end : checkpoints.after(stopping.bestEpoch());
            if (best.epochs() != end.epochs()) {
                narrator.say("epoch %d was best on the validation part: its weights are kept", best.epochs());
            }
            scoring.turnTo(best);
            List<Scores.Partition> partitions = new TrainOutput(settings, session, narrator, prepared, out)
                    .write(end, scoring, times, peakResident);
            narrator.partitions(partitions);
        }
    }

    private Snapshot start(Checkpoints checkpoints, Preparation prepared) {
        Snapshot found = settings.resume() ? checkpoints.newest() : null;
        if (settings.resume()) {
            narrator.say(
                    found == null ? "no checkpoint in %s: beginning anew" : "going on after epoch %2$d",
                    out,
                    found == null ? 0 : found.epochs());
        }
        return found == null ? Snapshot.begin(prepared.begin(), prepared.recipe()) : found;
    }

    private Snapshot epochs(
            Preparation prepared,
            FrozenParts frozen,
            Checkpoints checkpoints,
            EarlyStopping stopping,
            Scoring scoring,
            Watch watch,
            Snapshot start)
            throws IOException {
        Recipe recipe = prepared.recipe();
        Pictures pictures = prepared.pictures();
        narrator.expect(recipe.batchSize(), recipe.epochs());
        EpochLog log = EpochLog.after(out, start.epochs());
        for (JsonNode line : log.lines()) {
            stopping.note(line.path("epoch").asInt(), line.at("/validation/nll").asDouble(Double.NaN));
            watch.epoch((ObjectNode) line);
        }
        Snapshot now = start;
        TrainingSet set = new TrainingSet(
                pictures.parts().get(Part.TRAIN).examples(), () -> frozen.of(Part.TRAIN), pictures.count(Part.TRAIN));
        Trainer trainer =
                new Trainer(session.spark(), recipe, prepared.shards(), session.cluster(), settings.stepTimeout());
        while (now.epochs() < recipe.epochs() && !stopping.stops()) {
            if (!recipe.frozen(now.epochs())) {
                frozen.close();
            }
            Trainer.Epoch epoch = trainer.epoch(now, set);
            now = epoch.snapshot();
            peakResident = Math.max(peakResident, epoch.peakResident());
            times = epoch.times();
            scoring.turnTo(now);
            Scores scores = scoring.scores(Part.TEST);
            Summary test = scores.total();
            double rate =
                    (double) epoch.steps() / recipe.passes(now.epochs() - 1) * recipe.batchSize() / epoch.seconds();
            narrator.epoch(now.epochs(), epoch.loss(), epoch.seconds(), rate, test);
            Summary validation = scoring.scores(Part.VALIDATION).total();
            stopping.note(now.epochs(), validation.nll());
            checkpoint(checkpoints, now, stopping.bestEpoch());
            ObjectNode line = Json.object()
                    .put("epoch", now.epochs())
                    .put("steps", epoch.steps())
                    .put("loss", epoch.loss())
                    .put("learning_rate", epoch.rate())
                    .put("head_only", recipe.frozen(now.epochs() - 1))
                    .put("seconds", epoch.seconds())
                    .put("elapsed", pictures.loadSeconds() + now.seconds())
                    .put("images_per_second", rate)
                    .put("bytes_sent", epoch.bytesSent());
            line.set("test", TestSection.brief(test));
            if (validation.count() > 0) {
                line.set("validation", TestSection.brief(validation));
            }
            log.add(line);
            watch.epoch(Watched.epoch(line, test, scores.partitions(), epoch.executors()));
        }
        return now;
    }

    private void checkpoint(Checkpoints checkpoints, Snapshot now, int best) {
        try {
            checkpoints.write(now, best);
        } catch (IOException e) {
            throw new JobException(
                    ExitStatus.TRAINING,
                    String.format(
                            "expected to write a checkpoint in %s, found %s; make room and go on with --resume",
                            out.path("checkpoints"), e.getMessage()),
                    e);
        }
    }
}
