package ai.softlabel.command.train;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.Part;
import ai.softlabel.files.Directory;
import ai.softlabel.live.EventPublisher;
import ai.softlabel.metrics.Summary;
import ai.softlabel.pipeline.CommandFailure;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.EpochPredictions;
import ai.softlabel.pipeline.FrozenFeatures;
import ai.softlabel.pipeline.PreparedTraining;
import ai.softlabel.pipeline.ReportPlace;
import ai.softlabel.pipeline.ReportSections;
import ai.softlabel.pipeline.Session;
import ai.softlabel.pipeline.TrainingEvents;
import ai.softlabel.pipeline.TrainingSetup;
import ai.softlabel.run.EpochLog;
import ai.softlabel.run.ExperimentLog;
import ai.softlabel.score.Evaluation;
import ai.softlabel.score.Prediction;
import ai.softlabel.spark.Termination;
import ai.softlabel.train.Hyperparameters;
import ai.softlabel.train.Recipe;
import ai.softlabel.train.Snapshot;
import ai.softlabel.train.StateFiles;
import ai.softlabel.train.StepTimes;
import ai.softlabel.train.Trainer;
import ai.softlabel.train.TrainingSet;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaRDD;

/** {@code train}: trains a classifier on pictures and writes a run directory. */
public final class TrainJob {
    private final TrainSettings settings;
    private final Session session;
    private final ConsoleProgress console;
    private final Directory out;
    private final Consumer<JsonNode> listener;
    private long peakResident;
    private StepTimes times = StepTimes.NONE;

    public TrainJob(TrainSettings settings, Session session, ConsoleProgress console) {
        this(settings, session, console, line -> {});
    }

    /**
     * @param listener gets each epoch's line of {@code epochs.jsonl} after its checkpoint; its exception ends the job
     */
    public TrainJob(TrainSettings settings, Session session, ConsoleProgress console, Consumer<JsonNode> listener) {
        this.settings = settings;
        this.session = session;
        this.console = console;
        this.listener = listener;
        this.out = Directory.of("out", settings.out(), session.spark().hadoopConfiguration());
    }

    /** Runs the job. A failure is written to the report if possible, and thrown. */
    public void run() throws IOException {
        if (!settings.resume()) {
            ReportSections.requireEmpty(out, "give another, or --resume to continue that run");
        }
        if (settings.experiments() != null) {
            // Checked before training, which may take hours.
            ExperimentLog.check(settings.experiments(), session.spark().hadoopConfiguration());
        }
        CommandFailure.guard("train", out, () -> train(PreparedTraining.of(setup(), session, console, out)));
        ReportPlace.print(console, out);
    }

    /** The setup. A resumed run keeps its number of replicas unless --replicas is given. */
    private TrainingSetup setup() {
        TrainingSetup setup = settings.setup();
        if (!settings.resume() || setup.replicas() != null) {
            return setup;
        }
        Integer own = RunCheckpoints.replicas(out);
        Hyperparameters h = setup.hyperparameters();
        boolean fits = own != null && h.batchSize() / h.optimization().accumulate() % own == 0;
        return fits ? setup.toBuilder().replicas(own).build() : setup;
    }

    /** Trains with prepared data and model, and writes the run. */
    public void train(PreparedTraining prepared) throws IOException {
        try (FrozenFeatures frozen = new FrozenFeatures(session, prepared, console)) {
            train(prepared, frozen);
        }
    }

    /**
     * The same with features that several trainings of heads share.
     *
     * @param frozen of the same pictures, body and seed; they are left open where all epochs are frozen
     */
    public void train(PreparedTraining prepared, FrozenFeatures frozen) throws IOException {
        RunCheckpoints checkpoints = RunCheckpoints.of(prepared, settings.keep(), session, console, out);
        try (EventPublisher events = new EventPublisher(session.spark())) {
            events.started(TrainingEvents.run(settings.out(), prepared));
            try {
                train(prepared, frozen, checkpoints, events);
                events.ended(ExitStatus.DONE.code(), "");
            } catch (Throwable t) {
                JobException failure = CommandFailure.of(t);
                events.ended(failure.status().code(), failure.getMessage());
                throw failure;
            }
        }
        console.print("wrote the run to %s", out);
    }

    private void train(
            PreparedTraining prepared, FrozenFeatures frozen, RunCheckpoints checkpoints, EventPublisher events)
            throws IOException {
        EarlyStopping stopping = new EarlyStopping(settings.epochChoice(), settings.patience());
        if (settings.folds() > 0) {
            CrossFitting.check(prepared, settings.folds());
        }
        try (EpochPredictions scoring = new EpochPredictions(session, prepared, frozen, console)) {
            Snapshot start = checkpoints.start(prepared, settings.resume());
            Snapshot end;
            try (Termination.Guard held = Termination.guard();
                    StateFiles files = checkpoints.files()) {
                end = epochs(prepared, frozen, checkpoints, files, stopping, scoring, events, start);
            }
            Snapshot best = stopping.bestEpoch() == 0 ? end : checkpoints.after(stopping.bestEpoch());
            if (best.epochs() != end.epochs()) {
                console.print(
                        "epoch %d was best on the validation part (%s): keeping its weights",
                        best.epochs(), settings.epochChoice().word());
            }
            scoring.turnTo(best);
            TrainOutput output = new TrainOutput(settings, session, prepared, out, console);
            output.writeModel(scoring.state());
            try (CrossFitting folds = new CrossFitting(session, prepared, frozen)) {
                List<Evaluation.Partition> partitions =
                        output.write(end, best, scoring, crossFitted(folds), times, peakResident);
                console.partitions(partitions);
            }
        }
    }

    private JavaRDD<Prediction> crossFitted(CrossFitting folds) {
        if (settings.folds() == 0) {
            return null;
        }
        console.print("recalibrating: training the head on %d folds", settings.folds());
        return folds.predictions(settings.folds());
    }

    private Snapshot epochs(
            PreparedTraining prepared,
            FrozenFeatures frozen,
            RunCheckpoints checkpoints,
            StateFiles files,
            EarlyStopping stopping,
            EpochPredictions scoring,
            EventPublisher events,
            Snapshot start)
            throws IOException {
        Recipe recipe = prepared.recipe();
        console.expect(recipe.batchSize(), recipe.epochs());
        EpochLog log = EpochLog.after(out, start.epochs());
        for (JsonNode line : log.lines()) {
            stopping.note(line);
            events.epoch((ObjectNode) line);
        }
        stopping.requireKept(log.lines(), checkpoints.checkpoints(), out);
        Snapshot now = start;
        TrainingSet set = prepared.trainingSet(frozen);
        Trainer trainer = prepared.trainer(session);
        while (now.epochs() < recipe.epochs() && !stopping.stops()) {
            if (!recipe.frozen(now.epochs())) {
                frozen.close();
            }
            Trainer.Epoch epoch = epoch(trainer, now, set, files, cut -> {
                checkpoints.write(cut.snapshot(), stopping.bestEpoch());
                endIfAsked(cut.snapshot());
                cut.leaving()
                        .forEach(e -> console.print(
                                "executor %s on %s is about to end: a checkpoint was written after step %d of epoch %d",
                                e.executor(),
                                e.host(),
                                cut.snapshot().within().step(),
                                cut.snapshot().epochs() + 1));
            });
            now = epoch.snapshot();
            peakResident = Math.max(peakResident, epoch.peakResident());
            times = epoch.times();
            scoring.turnTo(now);
            Evaluation scores = scoring.scores(Part.TEST);
            Summary test = scores.total();
            console.epoch(now.epochs(), epoch.loss(), epoch.seconds(), EpochLine.rate(epoch, recipe), test);
            ObjectNode line = EpochLine.of(
                    epoch, recipe, prepared.pictures().loadSeconds(), test, scoring, settings.epochChoice());
            stopping.note(line);
            log.add(line);
            // After its line: a run that goes on from a checkpoint has a line for each epoch before it.
            checkpoints.write(now, stopping.bestEpoch());
            events.epoch(TrainingEvents.epoch(line, test, scores.partitions(), epoch.executors()));
            listener.accept(line);
            endIfAsked(now);
        }
        return now;
    }

    private Trainer.Epoch epoch(
            Trainer trainer, Snapshot now, TrainingSet set, StateFiles files, Consumer<Trainer.Cut> between) {
        return session.phases()
                .epoch("steps", () -> trainer.epoch(now, set, settings.checkpointEvery(), files, between));
    }

    /** After a checkpoint. */
    private void endIfAsked(Snapshot now) {
        if (Termination.asked()) {
            throw JobException.training(
                    "expected to train to the end, found SIGTERM: a checkpoint was written %s; continue with --resume",
                    now.within() == null
                            ? "after epoch " + now.epochs()
                            : "after step " + now.within().step() + " of epoch " + (now.epochs() + 1));
        }
    }
}
