package ai.softlabel.command.bench;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.Sha256;
import ai.softlabel.calibrate.RecalibrationMethod;
import ai.softlabel.command.predict.PredictJob;
import ai.softlabel.command.predict.PredictSettings;
import ai.softlabel.command.train.TrainJob;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.files.Directory;
import ai.softlabel.pipeline.ConfidenceSections;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.ReportSections;
import ai.softlabel.pipeline.Session;
import ai.softlabel.pipeline.TrainingSetup;
import ai.softlabel.run.Build;
import ai.softlabel.run.Json;
import ai.softlabel.score.Evaluation;
import ai.softlabel.score.Prediction;
import ai.softlabel.train.Fingerprint;
import ai.softlabel.train.Hyperparameters;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.apache.spark.api.java.JavaRDD;

/**
 * {@code bench size}, {@code size-train} and {@code size-answers}: predicts, or trains on, small and large numbers of
 * made pictures ({@link MadeFileSystem}), or evaluates and calibrates made answers ({@link MadeAnswers}), and prints a
 * line for each with the memory that it took ({@link MemoryWatch}). With {@code --out}, what is done is kept: the same
 * command goes on after the last row, and within a predict after its last partition.
 */
public final class SizeJob {
    private static final String MODEL = "model";
    private static final int HASH = 12;

    private final BenchSettings settings;
    private final Session session;
    private final SizeRows rows;
    private final boolean keeps;
    private final ConsoleProgress nothing = ConsoleProgress.silent();
    private Directory work;

    /** @param out where the lines are printed */
    public SizeJob(BenchSettings settings, Session session, PrintStream out) throws IOException {
        this.settings = settings;
        this.session = session;
        this.keeps = settings.out() != null;
        requireOut(settings, session.spark().master());
        this.rows = new SizeRows(
                keeps ? Directory.of("out", settings.out(), session.spark().hadoopConfiguration()) : null, out);
    }

    /** A temporary folder is one of this machine only. */
    static void requireOut(BenchSettings settings, String master) {
        if (settings.out() == null
                && !master.startsWith("local")
                && !settings.which().equals("size-answers")) {
            throw JobException.options(
                    "expected --out with a directory that all executors see, for bench %s on %s, found none; give one",
                    settings.which(), master);
        }
    }

    /** Measures and prints the lines. */
    public void run() throws IOException {
        MadeFileSystem.register(session.spark().hadoopConfiguration());
        work = work();
        boolean done = false;
        try (nothing) {
            switch (settings.which()) {
                case "size" -> predicts();
                case "size-train" -> trains();
                case "size-answers" -> answers();
                default -> throw new IllegalArgumentException(settings.which());
            }
            done = true;
        } finally {
            // What is kept are the rows, and what the same command can go on with.
            if (done || !keeps) {
                work.delete("");
            }
        }
    }

    /** Runs lie in a folder of these settings: others neither take its model nor go on with its predictions. */
    private Directory work() throws IOException {
        if (keeps) {
            return Directory.of("out", settings.out(), session.spark().hadoopConfiguration())
                    .sub("work-" + Sha256.of(SizeRows.setting(row(0))).substring(0, HASH));
        }
        return Directory.of(
                "out",
                Files.createTempDirectory("softlabel-size").toUri().toString(),
                session.spark().hadoopConfiguration());
    }

    private ObjectNode row(int pictures) {
        TrainingSetup s = settings.setup();
        Hyperparameters h = s.hyperparameters();
        int slots = session.cluster().slots();
        return Json.object()
                .put("case", settings.which())
                .put("git", Build.current().git())
                .put("master", session.spark().master())
                .put("executors", session.cluster().executors())
                .put("slots", slots)
                .put("driver_heap_megabytes", (int) (Runtime.getRuntime().maxMemory() >> 20))
                .put("executor_memory", session.spark().getConf().get("spark.executor.memory", ""))
                .put("architecture", h.architecture())
                .put("image_size", h.imageSize())
                .put("batch_size", h.batchSize())
                .put("replicas", s.replicas(slots))
                .put("store", s.storing().form() + ":" + s.storing().windowMegabytes())
                .put("settings", Sha256.of(others(s)).substring(0, HASH))
                .put("pictures", pictures);
    }

    /** All other settings, as text. */
    private static String others(TrainingSetup s) {
        return String.join(
                "\n",
                Fingerprint.of(s.hyperparameters()).toString(),
                String.valueOf(s.data()),
                s.labels().toString(),
                s.split() + " " + s.way() + " " + s.validation() + " " + s.testFlip() + " " + s.maxRejected(),
                s.balancing().toString(),
                String.valueOf(s.weights()));
    }

    private MemoryWatch watch() {
        return new MemoryWatch(session.spark(), session.cluster().executors());
    }

    private void predicts() throws IOException {
        boolean first = true;
        for (int pictures : settings.pictures()) {
            ObjectNode row = row(pictures);
            if (rows.has(row)) {
                continue;
            }
            if (first) {
                warm();
                first = false;
            }
            try (MemoryWatch memory = watch()) {
                long startTime = System.nanoTime();
                String to = "n" + pictures;
                boolean resumed = PredictJob.finished(work.sub(to)) > 0;
                long done = predict(pictures, to);
                double seconds = (System.nanoTime() - startTime) / 1e9;
                row.put("seconds", seconds);
                if (resumed) {
                    // Time and memory are those of the rest.
                    row.put("resumed", true);
                }
                if (done > 0) {
                    row.put("images_per_second", done / seconds);
                }
                rows.add(row, memory.end());
            }
        }
    }

    /** A model; and a first run, which compiles, loads classes and fills caches that later ones share. */
    private void warm() throws IOException {
        if (!trained(work.sub(MODEL))) {
            work.sub(MODEL).delete("");
            train(settings.setup(), MODEL);
        }
        work.sub("warm").delete("");
        predict(settings.pictures().get(0), "warm");
        work.sub("warm").delete("");
    }

    /** A training that failed has a report, too. */
    private static boolean trained(Directory run) throws IOException {
        return run.has(ReportSections.FILE)
                && Json.parse(run.readText(ReportSections.FILE)).path("status").asInt(-1) == ExitStatus.DONE.code();
    }

    /** Goes on where a run that was killed had come to; gives how many pictures this one did. */
    private long predict(int pictures, String to) throws IOException {
        Directory target = work.sub(to);
        int before = PredictJob.finished(target);
        boolean resume = before > 0;
        if (!resume) {
            target.delete("");
        }
        PredictSettings predict = new PredictSettings(
                work.path(MODEL), MadeFileSystem.of(pictures), work.path(to), 0, false, 5, false, resume);
        new PredictJob(predict, session, nothing).run();
        int partitions = PredictJob.finished(target);
        // Partitions have the same number of pictures, but for the last.
        return Math.round((double) pictures * (partitions - before) / partitions);
    }

    private void trains() throws IOException {
        for (int pictures : settings.pictures()) {
            ObjectNode row = row(pictures);
            if (rows.has(row)) {
                continue;
            }
            String to = "train" + pictures;
            work.sub(to).delete("");
            try (MemoryWatch memory = watch()) {
                long startTime = System.nanoTime();
                train(
                        settings.setup().toBuilder()
                                .data(MadeFileSystem.of(pictures))
                                .build(),
                        to);
                double seconds = (System.nanoTime() - startTime) / 1e9;
                JsonNode report = Json.parse(work.sub(to).readText(ReportSections.FILE));
                rows.add(
                        row.put("seconds", seconds)
                                .put(
                                        "images_per_second",
                                        report.at("/training/images_per_second").asDouble()),
                        memory.end());
            }
        }
    }

    private void train(TrainingSetup setup, String to) throws IOException {
        new TrainJob(TrainSettings.builder(setup, work.path(to)).build(), session, nothing).run();
    }

    /** All figures, intervals and slices of an evaluation; a temperature, thresholds and prediction sets. */
    private void answers() throws IOException {
        for (BenchSettings.Answers a : settings.answers()) {
            ObjectNode row = row(a.pictures()).put("classes", a.classes());
            if (rows.has(row)) {
                continue;
            }
            MadeAnswers made = new MadeAnswers(a.pictures(), a.classes());
            try (MemoryWatch memory = watch()) {
                long startTime = System.nanoTime();
                JavaRDD<Prediction> predictions = made.rdd(session.spark());
                ObjectNode report = Json.object();
                ReportSections.test(report, Evaluation.of(predictions), predictions, made.names(), false, nothing);
                double evaluated = (System.nanoTime() - startTime) / 1e9;
                ConfidenceSections.Fitted fitted =
                        ConfidenceSections.fit(session.sql(), predictions, RecalibrationMethod.TEMPERATURE, nothing);
                ConfidenceSections.put(report, fitted, predictions, made.names(), false);
                double seconds = (System.nanoTime() - startTime) / 1e9;
                row.put("seconds", seconds)
                        .put("evaluate_seconds", evaluated)
                        .put("calibrate_seconds", seconds - evaluated)
                        .put("images_per_second", a.pictures() / seconds)
                        .put("report_bytes", Json.line(report).getBytes(StandardCharsets.UTF_8).length);
                rows.add(row, memory.end());
            }
        }
    }
}
