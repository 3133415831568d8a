package ai.softlabel.command.predict;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.Rejection;
import ai.softlabel.data.Listing;
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
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code predict}: classifies unlabelled pictures with a run's model, with recalibrated probabilities. Each partition
 * goes from picture files to a file of its own ({@link PredictTask}): memory does not depend on the number of pictures,
 * except for their names, and a finished partition stays finished.
 */
public final class PredictJob {
    static final String TABLE = "predictions.parquet";

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
        Listing listing = Listed.pictures(settings.data(), session, console);
        List<String> names =
                listing.entries().stream().map(Listing.Entry::name).sorted().toList();
        Answers answers = Answers.of(trained.calibration(), settings.limits());
        PredictPlan plan = plan(trained, names);
        ObjectNode stopped = ReportSections.start("predict", ExitStatus.TRAINING.code());
        stopped.put("message", "expected predict to finish, found that it was stopped; continue with --resume");
        out.writeText(ReportSections.FILE, Json.pretty(stopped));
        RejectionFile.part(listing.rejected(), out, "part-listing", "");
        PartitionResult found = score(trained, listing, names, plan, answers);
        long unusable = listing.rejected().stream().filter(Rejection::counts).count();
        checkRejected(found, listing, unusable);
        new PredictReport(settings, session, console, out)
                .write(trained, found, listing.rejected().size(), answers);
    }

    private EngineChoice engine() throws IOException {
        return settings.resume() ? PredictPlan.engine(settings.engine(), out) : settings.engine();
    }

    /** The plan of this run, or of the one that it goes on with. */
    private PredictPlan plan(TrainedModel trained, List<String> names) throws IOException {
        int slots = session.cluster().slots();
        int batch = Body.batch(trained.card().imageSize());
        PredictPlan own = new PredictPlan(
                names.size(),
                PredictPlan.perPartition(names.size(), slots, batch),
                PredictPlan.hash(names),
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

    private PartitionResult score(
            TrainedModel trained, Listing listing, List<String> names, PredictPlan plan, Answers answers)
            throws IOException {
        List<PredictTask.Slice> slices = new ArrayList<>();
        for (int p = 0; p < plan.partitions(); p++) {
            slices.add(plan.slice(p, names));
        }
        return new SliceScoring(session, trained, listing.source(), plan, answers, out)
                .run(slices, new CountProgress(console, "predict", "pictures", plan.pictures()));
    }

    private void checkRejected(PartitionResult found, Listing listing, long unusable) {
        long counted = found.rejected() + unusable;
        long listed = found.used() + counted;
        if (counted > settings.maxRejected() * listed) {
            Rejection first = found.example() != null
                    ? found.example()
                    : listing.rejected().stream()
                            .filter(Rejection::counts)
                            .findFirst()
                            .orElseThrow();
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
