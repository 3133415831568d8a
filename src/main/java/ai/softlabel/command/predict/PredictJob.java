package ai.softlabel.command.predict;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.Rejection;
import ai.softlabel.data.Names;
import ai.softlabel.files.Directory;
import ai.softlabel.network.Body;
import ai.softlabel.pipeline.CommandFailure;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.CountProgress;
import ai.softlabel.pipeline.EngineChoice;
import ai.softlabel.pipeline.Listed;
import ai.softlabel.pipeline.ReportSections;
import ai.softlabel.pipeline.Session;
import ai.softlabel.pipeline.TrainedModel;
import ai.softlabel.run.Json;
import ai.softlabel.run.RejectionFile;
import ai.softlabel.spark.JobDescription;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.TaskContext;
import org.apache.spark.util.SerializableConfiguration;

/**
 * {@code predict}: classifies unlabelled pictures with a run's model, with recalibrated probabilities. Each partition
 * goes from picture files to a file of its own ({@link PredictTask}): memory does not depend on the number of pictures,
 * and a finished partition stays finished.
 */
public final class PredictJob {
    static final String TABLE = "predictions.parquet";

    /** How the files of rejections begin that were known before a picture was opened. */
    private static final String LISTING = "part-listing";

    private final PredictSettings settings;
    private final Session session;
    private final ConsoleProgress console;
    private final Directory out;
    private final Directory model;

    public PredictJob(PredictSettings settings, Session session, ConsoleProgress console) {
        this.settings = settings;
        this.session = session;
        this.console = console;
        this.out = Directory.of("out", settings.out(), session.spark().hadoopConfiguration());
        this.model = Directory.of("model", settings.model(), session.spark().hadoopConfiguration());
    }

    /** Runs the job. A failure is written to the report if possible, and thrown. */
    public void run() throws IOException {
        if (!settings.resume()) {
            ReportSections.requireFree(out, "predict", settings.replace());
        } else if (!out.names().isEmpty() && !out.has(PredictPlan.FILE)) {
            throw JobException.options(
                    "expected --out %s to be empty or to hold a predict that --resume can go on with, found other files; give another",
                    out);
        }
        CommandFailure.guard("predict", out, this::predict);
    }

    /** How many partitions a predict into a directory has finished; 0 also where there is none to go on with. */
    public static int finished(Directory out) {
        return out.has(PredictPlan.FILE)
                ? (int) out.sub(TABLE).names().stream()
                        .filter(n -> n.endsWith(".parquet"))
                        .count()
                : 0;
    }

    private void predict() throws IOException {
        TrainedModel trained = engine().of(TrainedModel.readAny(model), session, console);
        Answers answers = Answers.of(trained.calibration(), settings.limits());
        try (Names names = Listed.names(settings.data(), session, console);
                JobDescription what = JobDescription.of(session.spark(), "put the pictures in order")) {
            OrderedNames ordered = new OrderedNames(names);
            PredictPlan plan = plan(trained, ordered);
            ObjectNode stopped = ReportSections.start("predict", ExitStatus.TRAINING.code());
            stopped.put("message", "expected predict to finish, found that it was stopped; continue with --resume");
            out.writeText(ReportSections.FILE, Json.pretty(stopped));
            writeRejections(names);
            PartitionResult found = new SliceScoring(session, trained, names.source(), plan, answers, out)
                    .run(
                            ordered.slices(plan),
                            new CountProgress(console, "predict", "pictures", plan.pictures()),
                            plan.pictures());
            checkRejected(found, names);
            new PredictReport(settings, session, console, out).write(trained, found, names.rejected(), answers);
        }
    }

    /** Those that the listing knows, by tasks. */
    private void writeRejections(Names names) throws IOException {
        Directory rejected = out.sub(RejectionFile.FILE);
        for (String old : rejected.names()) {
            if (old.startsWith(LISTING)) {
                rejected.delete(old);
            }
        }
        if (names.rejected() == 0) {
            return;
        }
        SerializableConfiguration configuration =
                new SerializableConfiguration(session.spark().hadoopConfiguration());
        String to = out.path("");
        names.rejections()
                .sortBy(Rejection::path, true, OrderedNames.ranges(names.rejected()))
                .foreachPartition(some -> {
                    List<Rejection> own = new ArrayList<>();
                    some.forEachRemaining(own::add);
                    TaskContext task = TaskContext.get();
                    RejectionFile.part(
                            own,
                            Directory.of("out", to, configuration.value()),
                            String.format(Locale.ROOT, "%s-%05d", LISTING, task.partitionId()),
                            "-" + task.taskAttemptId());
                });
    }

    private EngineChoice engine() throws IOException {
        return settings.resume() ? PredictPlan.engine(settings.engine(), out) : settings.engine();
    }

    /** The plan of this run, or of the one that it goes on with. */
    private PredictPlan plan(TrainedModel trained, OrderedNames names) throws IOException {
        int slots = session.cluster().slots();
        int batch = Body.batch(trained.card().imageSize());
        PredictPlan own = new PredictPlan(
                names.count(),
                PredictPlan.perPartition(names.count(), slots, batch),
                names.hash(),
                PredictPlan.modelHash(model),
                trained.engine(),
                settings.topK(),
                settings.allProbabilities(),
                settings.limits().text());
        if (settings.resume() && out.has(PredictPlan.FILE)) {
            out.sub(TABLE).deleteUnfinished();
            return own.resumed(out);
        }
        for (String old : List.of(TABLE, RejectionFile.FILE)) {
            out.delete(old);
        }
        own.write(out);
        return own;
    }

    private void checkRejected(PartitionResult found, Names names) {
        long counted = found.rejected() + names.counted();
        long listed = found.used() + counted;
        if (counted > settings.maxRejected() * listed) {
            Rejection first = found.example() != null ? found.example() : names.example();
            throw JobException.input(
                    "expected at most %.4g of the pictures to be unusable, found %d of %d (such as %s: %s); see %s, then repair them and give --replace, or raise --max-rejected and give --resume",
                    settings.maxRejected(),
                    counted,
                    listed,
                    first.path(),
                    first.reason(),
                    out.path(RejectionFile.FILE));
        }
    }
}
