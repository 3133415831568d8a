package ai.softlabel.job;

import ai.softlabel.Example;
import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.Part;
import ai.softlabel.files.Directory;
import ai.softlabel.metrics.Summary;
import ai.softlabel.model.ModelState;
import ai.softlabel.predict.Scores;
import ai.softlabel.report.EpochLog;
import ai.softlabel.report.Json;
import ai.softlabel.report.TestSection;
import ai.softlabel.train.Checkpoints;
import ai.softlabel.train.Recipe;
import ai.softlabel.train.Snapshot;
import ai.softlabel.train.StepTimes;
import ai.softlabel.train.Trainer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;

/** {@code train}: from pictures to a run directory. */
public final class TrainJob {
    private final TrainSettings settings;
    private final Session session;
    private final Narrator narrator;
    private final Directory out;
    private long peakResident;
    private StepTimes times = new StepTimes(0, 0, 0, 0, 0);

    public TrainJob(TrainSettings settings, Session session, Narrator narrator) {
        this.settings = settings;
        this.session = session;
        this.narrator = narrator;
        this.out = Directory.of("out", settings.out(), session.spark().hadoopConfiguration());
    }

    /** Runs the job; a failure is written to the report, where there is a place for it, and thrown on. */
    public void run() throws IOException {
        if (!settings.resume() && !out.names().isEmpty()) {
            throw JobException.options(
                    "expected --out %s to be empty or absent, found files in it; give another, or --resume to go on with that run",
                    out);
        }
        try {
            train();
        } catch (JobException e) {
            Reports.failed("train", out, e);
            throw e;
        }
    }

    private void train() throws IOException {
        Preparation prepared = Preparation.of(settings, session, narrator, out);
        Checkpoints checkpoints =
                new Checkpoints(out.sub("checkpoints"), prepared.fingerprint(settings), settings.keep());
        Snapshot end = epochs(prepared, checkpoints, start(checkpoints, prepared.begin()));
        List<Scores.Partition> partitions =
                new TrainOutput(settings, session, prepared, out).write(end, times, peakResident);
        narrator.partitions(partitions);
        narrator.say("the run is in %s", out);
    }

    private Snapshot start(Checkpoints checkpoints, ModelState begin) {
        Snapshot found = settings.resume() ? checkpoints.newest() : null;
        if (settings.resume()) {
            narrator.say(
                    found == null ? "no checkpoint in %s: beginning anew" : "going on after epoch %2$d",
                    out,
                    found == null ? 0 : found.epochs());
        }
        return found == null ? Snapshot.begin(begin) : found;
    }

    private Snapshot epochs(Preparation prepared, Checkpoints checkpoints, Snapshot start) throws IOException {
        Recipe recipe = prepared.recipe();
        Pictures pictures = prepared.pictures();
        Trainer trainer =
                new Trainer(session.spark(), recipe, prepared.shards(), session.cluster(), settings.stepTimeout());
        narrator.expect(recipe.batchSize(), recipe.epochs());
        EpochLog log = EpochLog.after(out, start.epochs());
        Snapshot now = start;
        JavaRDD<Example> train = pictures.parts().get(Part.TRAIN).examples();
        while (now.epochs() < recipe.epochs()) {
            Trainer.Epoch epoch = trainer.epoch(now, train, pictures.count(Part.TRAIN));
            now = epoch.snapshot();
            peakResident = Math.max(peakResident, epoch.peakResident());
            times = epoch.times();
            Summary test = score(prepared, now);
            double rate = (double) epoch.steps() * recipe.batchSize() / epoch.seconds();
            narrator.epoch(now.epochs(), epoch.loss(), epoch.seconds(), rate, test);
            checkpoint(checkpoints, now);
            ObjectNode line = Json.object()
                    .put("epoch", now.epochs())
                    .put("steps", epoch.steps())
                    .put("loss", epoch.loss())
                    .put("learning_rate", epoch.rate())
                    .put("head_only", recipe.frozen(now.epochs() - 1))
                    .put("seconds", epoch.seconds())
                    .put("images_per_second", rate)
                    .put("bytes_sent", epoch.bytesSent());
            line.set("test", TestSection.brief(test));
            log.add(line);
        }
        return now;
    }

    private void checkpoint(Checkpoints checkpoints, Snapshot now) {
        try {
            checkpoints.write(now);
        } catch (IOException e) {
            throw new JobException(
                    ExitStatus.TRAINING,
                    String.format(
                            "expected to write a checkpoint in %s, found %s; make room and go on with --resume",
                            out.path("checkpoints"), e.getMessage()),
                    e);
        }
    }

    private Summary score(Preparation prepared, Snapshot now) {
        Broadcast<ModelState> sent = session.spark().broadcast(now.model());
        session.spark().sc().setJobDescription("score epoch " + now.epochs());
        try {
            JavaRDD<Example> test = prepared.pictures().parts().get(Part.TEST).examples();
            return Scores.total(Scores.of(prepared.predictor().predict(test, sent)));
        } finally {
            session.spark().sc().setJobDescription(null);
            sent.destroy();
        }
    }
}
