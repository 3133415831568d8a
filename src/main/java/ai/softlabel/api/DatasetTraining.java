package ai.softlabel.api;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.calibrate.RecalibrationMethod;
import ai.softlabel.command.train.EpochChoice;
import ai.softlabel.command.train.TrainJob;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.data.HeldOut;
import ai.softlabel.data.Listing;
import ai.softlabel.files.Directory;
import ai.softlabel.loss.LabelSmoothing;
import ai.softlabel.loss.Loss;
import ai.softlabel.loss.Losses;
import ai.softlabel.pipeline.CommandFailure;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Phases;
import ai.softlabel.pipeline.PreparedTraining;
import ai.softlabel.pipeline.ReportSections;
import ai.softlabel.pipeline.Session;
import ai.softlabel.pipeline.TrainingSetup;
import ai.softlabel.rows.RowColumns;
import ai.softlabel.rows.RowListing;
import ai.softlabel.run.EpochLog;
import ai.softlabel.train.Augmentation;
import ai.softlabel.train.Hyperparameters;
import ai.softlabel.train.Optimization;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Trains on a DataFrame or an RDD as the command line trains on a folder. */
final class DatasetTraining {
    /** Where pictures that are no paths lie while a training runs, below its run directory. */
    private static final String PICTURES = ".pictures";

    /** The names of what a training keeps in Spark's storage. */
    private static final Pattern STORED = Pattern.compile("(train|validation|test) pictures.*");

    /** A training takes all task slots at once: others of the process wait. */
    private static final ReentrantLock ONE = new ReentrantLock();

    private final TrainingBuilder b;
    private final SparkSession application;
    private final boolean indicator;
    private final Supplier<PictureRows> source;
    private RuntimeException fromListener;

    static DatasetTraining of(TrainingBuilder b, Dataset<Row> data) {
        return new DatasetTraining(
                b,
                data.sparkSession(),
                b.validationIndicatorCol != null,
                () -> new PictureRows(
                        data,
                        new RowColumns(b.featuresCol, b.labelCol, b.weightCol, b.validationIndicatorCol, b.nameCol)));
    }

    static DatasetTraining of(TrainingBuilder b, JavaRDD<LabelledPicture> pictures) {
        SparkSession application = SparkSession.builder().getOrCreate();
        return new DatasetTraining(b, application, false, () -> PictureRows.of(pictures, application));
    }

    /**
     * @param indicator whether a column says which rows are for validation
     * @param source makes the rows when it is their turn, as that may run a job, or fail
     */
    private DatasetTraining(
            TrainingBuilder b, SparkSession application, boolean indicator, Supplier<PictureRows> source) {
        this.b = b;
        this.application = application;
        this.indicator = indicator;
        this.source = source;
    }

    TrainedRun run() {
        if (b.runDir == null) {
            throw new IllegalArgumentException(
                    "expected runDir, where the run directory is written, found none; set it");
        }
        SparkContext spark = application.sparkContext();
        TrainSettings settings = settings();
        ONE.lock();
        Set<Integer> before = Set.copyOf(
                JavaSparkContext.fromSparkContext(spark).getPersistentRDDs().keySet());
        try {
            return trained(settings);
        } catch (IOException | RuntimeException e) {
            if (fromListener != null) {
                throw fromListener;
            }
            for (Throwable t = e; t != null; t = t.getCause()) {
                if (t instanceof IllegalArgumentException wrong) {
                    throw wrong;
                }
            }
            throw SoftlabelException.of(CommandFailure.of(e));
        } finally {
            JavaSparkContext.fromSparkContext(spark).getPersistentRDDs().forEach((id, rdd) -> {
                if (!before.contains(id)
                        && rdd.name() != null
                        && STORED.matcher(rdd.name()).matches()) {
                    rdd.unpersist(false);
                }
            });
            ONE.unlock();
        }
    }

    private TrainedRun trained(TrainSettings settings) throws IOException {
        try (Session session = Session.join(application);
                ConsoleProgress console = ConsoleProgress.silent()) {
            Configuration configuration = session.spark().hadoopConfiguration();
            Directory out = Directory.of("run-dir", b.runDir, configuration);
            ReportSections.requireEmpty(out, "give another");
            List<String> classes = new ArrayList<>();
            CommandFailure.guard("train", out, () -> {
                try {
                    Listing listing;
                    try (Phases.Phase phase = session.phases().begin("listing")) {
                        PictureRows rows = source.get();
                        listing = RowListing.of(rows.data(), rows.columns(), out.sub(PICTURES), configuration);
                    }
                    if (listing.entries().isEmpty()) {
                        throw JobException.input(
                                "expected rows with pictures, found %d rows, none of which can be used; check featuresCol",
                                listing.rejected().size());
                    }
                    classes.addAll(listing.classes());
                    PreparedTraining prepared = PreparedTraining.of(settings.setup(), listing, session, console, out);
                    new TrainJob(settings, session, console, this::epoch).train(prepared);
                } finally {
                    out.delete(PICTURES);
                }
            });
            List<Double> losses = new ArrayList<>();
            for (JsonNode line : EpochLog.after(out, Integer.MAX_VALUE).lines()) {
                losses.add(line.path("loss").asDouble(Double.NaN));
            }
            return new TrainedRun(out.path(""), classes, losses);
        }
    }

    private void epoch(JsonNode line) {
        if (b.onEpoch == null) {
            return;
        }
        try {
            b.onEpoch.accept(new Epoch(
                    line.path("epoch").asInt(),
                    line.path("loss").asDouble(Double.NaN),
                    line.path("learning_rate").asDouble(Double.NaN),
                    line.path("seconds").asDouble(Double.NaN),
                    line.path("images_per_second").asDouble(Double.NaN),
                    line.at("/validation/error").asDouble(Double.NaN),
                    line.at("/validation/nll").asDouble(Double.NaN)));
        } catch (RuntimeException e) {
            fromListener = e;
            throw new JobException(
                    ExitStatus.TRAINING,
                    "expected onEpoch to return after epoch "
                            + line.path("epoch").asInt() + ", found " + e + "; correct it, or leave it out",
                    e);
        }
    }

    private TrainSettings settings() {
        // Besides the rows that the indicator names, none is held out; but there is something to stop early by.
        EpochChoice choice = choice();
        boolean indicated = indicator && b.validation == 0 && (b.patience > 0 || choice != null);
        TrainingSetup setup = TrainingSetup.builder()
                .data("rows of a DataFrame")
                .split(0.0)
                .validation(indicated ? HeldOut.NAMED : new HeldOut(b.validation, false))
                .weights(b.weights)
                .replicas(b.replicas == 0 ? null : b.replicas)
                .hyperparameters(hyperparameters())
                .maxRejected(b.maxRejected)
                .testFlip(b.testFlip)
                .build();
        return TrainSettings.builder(setup, b.runDir)
                .folds(b.folds)
                .patience(b.patience)
                .keepBest(choice)
                .recalibrate(RecalibrationMethod.parse(b.recalibrate)
                        .orElseThrow(() -> new IllegalArgumentException("expected recalibrate to be one of "
                                + RecalibrationMethod.names() + ", found " + b.recalibrate)))
                .build();
    }

    private EpochChoice choice() {
        EpochChoice choice = EpochChoice.of(b.keepBest);
        if (choice == null && !TrainingBuilder.AUTO.equals(b.keepBest)) {
            throw new IllegalArgumentException(
                    "expected keepBest to be auto or one of " + List.of(EpochChoice.words()) + ", found " + b.keepBest);
        }
        return choice;
    }

    private Loss loss() {
        if (b.customLoss != null) {
            return b.customLoss;
        }
        Loss loss = Losses.of(b.loss);
        return b.loss.equals(loss.name()) && loss instanceof LabelSmoothing ? LabelSmoothing.of(b.smoothing) : loss;
    }

    private Hyperparameters hyperparameters() {
        Optimization optimization = Optimization.builder()
                .optimizer(b.optimizer)
                .schedule(b.schedule)
                .rate(b.lr)
                .frozenRate(b.frozenLr)
                .headFactor(b.headLrFactor)
                .earlyFactor(b.earlyLrFactor)
                .weightDecay(b.weightDecay)
                .build();
        return Hyperparameters.builder()
                .architecture(b.architecture)
                .imageSize(b.imageSize)
                .testSize(b.testSize)
                .storeSize(b.storeSize)
                .batchSize(b.batchSize)
                .epochs(b.epochs)
                .frozenEpochs(b.frozenEpochs)
                .headPasses(b.headPasses)
                .frozenNorm(b.freezeNorm)
                .seed(b.seed)
                .loss(loss())
                .augmentation(new Augmentation(b.minScale, b.mixup, 0, b.dropout, 1))
                .optimization(optimization)
                .build();
    }
}
