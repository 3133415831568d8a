package ai.softlabel.command.predict;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.Plain;
import ai.softlabel.data.Layouts;
import ai.softlabel.data.Source;
import ai.softlabel.files.Directory;
import ai.softlabel.network.Body;
import ai.softlabel.pipeline.CommandFailure;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.CountProgress;
import ai.softlabel.pipeline.EngineChoice;
import ai.softlabel.pipeline.ReportSections;
import ai.softlabel.pipeline.Session;
import ai.softlabel.pipeline.TrainedModel;
import ai.softlabel.run.Json;
import ai.softlabel.run.RejectionFile;
import ai.softlabel.spark.Termination;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.streaming.DataStreamWriter;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.apache.spark.sql.streaming.Trigger;

/**
 * {@code predict --watch}: classifies the pictures that come into a folder, batch by batch, as a Structured Streaming
 * job. Spark's checkpoint in {@code --out} holds which files each batch has; a batch that was cut off comes again with
 * the same files, and its partitions that are there are kept, so that each picture has one row. The job ends with
 * SIGTERM.
 */
public final class WatchJob {
    private static final String CHECKPOINT = "watched";
    private static final String BINARY = "path STRING, modificationTime TIMESTAMP, length LONG, content BINARY";
    private static final int MOST_FILES = 20_000;
    private static final int PARTITIONS = 64;
    private static final long POLL_MILLIS = 200;

    private final PredictSettings settings;
    private final Session session;
    private final ConsoleProgress console;
    private final Trigger trigger;
    private final Directory out;
    private final Directory model;

    public WatchJob(PredictSettings settings, Session session, ConsoleProgress console) {
        this(settings, session, console, Trigger.ProcessingTime("1 second"));
    }

    /** @param trigger when batches are made */
    WatchJob(PredictSettings settings, Session session, ConsoleProgress console, Trigger trigger) {
        this.settings = settings;
        this.session = session;
        this.console = console;
        this.trigger = trigger;
        this.out = Directory.of("out", settings.out(), session.spark().hadoopConfiguration());
        this.model = Directory.of("model", settings.model(), session.spark().hadoopConfiguration());
    }

    /** Runs the job until it is told to end. A failure is written to the report if possible, and thrown. */
    public void run() throws IOException {
        if (!settings.resume()) {
            ReportSections.requireFree(out, "predict", settings.replace());
        } else if (!out.names().isEmpty() && !out.has(PredictPlan.FILE)) {
            throw JobException.options(
                    "expected --out %s to be empty or to hold a predict --watch that --resume can go on with, found other files; give another",
                    out);
        }
        CommandFailure.guard("predict", out, this::watch);
    }

    private void watch() throws IOException {
        EngineChoice engine = settings.resume() ? PredictPlan.engine(settings.engine(), out) : settings.engine();
        TrainedModel trained = engine.of(TrainedModel.readAny(model), session, console);
        Answers answers = Answers.of(trained.calibration(), settings.limits());
        Source source = Layouts.source(settings.data(), session.spark().hadoopConfiguration());
        PredictPlan plan = plan(trained);
        ObjectNode stopped = ReportSections.start("predict", ExitStatus.TRAINING.code());
        stopped.put(
                "message",
                "expected predict --watch to end by SIGTERM, found that it was killed; continue with --resume");
        out.writeText(ReportSections.FILE, Json.pretty(stopped));
        WatchedTotal total = WatchedTotal.read(out);
        SliceScoring scoring = new SliceScoring(session, trained, source, plan, answers, out);
        try (Termination.Guard held = Termination.guard()) {
            console.print("watching %s; SIGTERM ends", settings.data());
            total = stream(scoring, total, Body.batch(trained.card().imageSize()));
        }
        new PredictReport(settings, session, console, out).write(trained, total.result(), 0, answers);
    }

    /** Batches have no number of pictures that is known before; the rest must be that of the run that goes on. */
    private PredictPlan plan(TrainedModel trained) throws IOException {
        PredictPlan own = new PredictPlan(
                0,
                1,
                PredictPlan.hash("", List.of("watch", root()).iterator()),
                PredictPlan.modelHash(model),
                trained.engine(),
                settings.topK(),
                settings.allProbabilities(),
                settings.limits().text());
        if (settings.resume() && out.has(PredictPlan.FILE)) {
            out.sub(PredictJob.TABLE).deleteUnfinished();
            return own.resumed(out);
        }
        for (String old : List.of(PredictJob.TABLE, RejectionFile.FILE, CHECKPOINT, WatchedTotal.FILE)) {
            out.delete(old);
        }
        own.write(out);
        return own;
    }

    private String root() throws IOException {
        Path given = new Path(settings.data());
        return given.getFileSystem(session.spark().hadoopConfiguration())
                .makeQualified(given)
                .toString();
    }

    private WatchedTotal stream(SliceScoring scoring, WatchedTotal before, int batch) throws IOException {
        String root = root();
        WatchedTotal[] total = {before};
        VoidFunction2<Dataset<Row>, Long> each = (files, id) -> {
            List<String> names = names(files, root);
            if (!names.isEmpty()) {
                List<PredictTask.Slice> slices = slices(names, id, batch);
                PartitionResult found = scoring.run(
                        session.spark().parallelize(slices, slices.size()),
                        new CountProgress(console, "predict", "pictures", names.size()),
                        names.size());
                total[0] = total[0].plus(id, found);
                total[0].write(out);
                console.print(
                        "batch %d: %d pictures classified, %d rejected, %d in all",
                        id, found.used(), found.rejected(), total[0].result().used());
            }
        };
        DataStreamWriter<Row> writer = session.sql()
                .readStream()
                .format("binaryFile")
                .schema(BINARY)
                .option("recursiveFileLookup", true)
                .option("maxFilesPerTrigger", MOST_FILES)
                .load(root)
                .select("path")
                .writeStream()
                .trigger(trigger)
                .option("checkpointLocation", out.path(CHECKPOINT))
                .foreachBatch(each);
        try {
            StreamingQuery query = writer.start();
            while (!query.awaitTermination(POLL_MILLIS)) {
                if (Termination.asked()) {
                    // What a batch was at comes again with --resume.
                    query.stop();
                }
            }
        } catch (StreamingQueryException e) {
            throw failure(e);
        } catch (TimeoutException e) {
            throw JobException.training(
                    "expected Spark to start and to stop watching %s, found: %s; continue with --resume",
                    settings.data(), e.getMessage());
        }
        return total[0];
    }

    /** What a batch threw, of all that Spark put around it. */
    private static RuntimeException failure(StreamingQueryException e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof JobException own) {
                return own;
            }
        }
        return new JobException(
                ExitStatus.TRAINING,
                "expected to classify a batch of pictures, found: "
                        + Plain.reason(e.getMessage())
                        + "; continue with --resume",
                e);
    }

    /** The batch's pictures, below the folder. */
    private static List<String> names(Dataset<Row> files, String root) {
        int start = root.endsWith("/") ? root.length() : root.length() + 1;
        return files.as(Encoders.STRING()).collectAsList().stream()
                .map(path -> path.substring(start))
                .filter(Layouts::picture)
                .sorted()
                .toList();
    }

    /** A batch's partitions, which depend on its files alone: a batch that comes again has the same. */
    private static List<PredictTask.Slice> slices(List<String> names, long id, int batch) {
        int size = Math.max(batch, (names.size() + PARTITIONS - 1) / PARTITIONS);
        List<PredictTask.Slice> slices = new ArrayList<>();
        for (int from = 0; from < names.size(); from += size) {
            slices.add(new PredictTask.Slice(
                    slices.size(),
                    String.format(Locale.ROOT, "batch-%08d-part-%05d", id, slices.size()),
                    new ArrayList<>(names.subList(from, Math.min(names.size(), from + size)))));
        }
        return slices;
    }
}
