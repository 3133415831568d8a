package ai.softlabel.command.calibrate;

import ai.softlabel.JobException;
import ai.softlabel.Part;
import ai.softlabel.calibrate.FittedCalibrators;
import ai.softlabel.calibrate.RecalibrationMethod;
import ai.softlabel.command.evaluate.ScoredPictures;
import ai.softlabel.files.Directory;
import ai.softlabel.files.Lease;
import ai.softlabel.pipeline.ConfidenceSections;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.ReportSections;
import ai.softlabel.pipeline.Session;
import ai.softlabel.pipeline.TrainedModel;
import ai.softlabel.run.CalibrationFile;
import ai.softlabel.run.Json;
import ai.softlabel.run.ModelCard;
import ai.softlabel.run.PredictionFiles;
import ai.softlabel.score.Prediction;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;

/**
 * {@code calibrate}: fits calibrators, thresholds and prediction sets on predictions that the model was not trained on,
 * and writes them into the run: on the run's own of its validation part or folds, on those of an evaluation, or on
 * fresh labelled pictures, which it scores.
 */
public final class CalibrateJob {
    private final Session session;
    private final ConsoleProgress console;
    private final Directory run;
    /** Where the predictions of fresh pictures are kept in a run. */
    static final String FRESH = "calibrated";

    private final RecalibrationMethod method;
    private final CalibrateSettings.Fresh fresh;
    /** Null for the run's own held-out predictions. */
    private final Directory evaluated;

    public CalibrateJob(CalibrateSettings settings, Session session, ConsoleProgress console) {
        this.session = session;
        this.console = console;
        this.run = Directory.of("model", settings.model(), session.spark().hadoopConfiguration());
        this.method = settings.recalibrate();
        this.fresh = settings.fresh();
        this.evaluated = settings.evaluated() == null
                ? null
                : Directory.of(
                        "evaluated", settings.evaluated(), session.spark().hadoopConfiguration());
    }

    /**
     * Fits the calibrators, thresholds and sets, writes {@code calibration.json}, and prints each method's figures on
     * the test part.
     */
    public FittedCalibrators run() throws IOException {
        if (!run.has("predictions.parquet")) {
            throw JobException.input(
                    "expected a finished run with predictions.parquet at --model %s, found none; give the --out of a finished train",
                    run);
        }
        TrainedModel.requireOneLabel(run);
        try (Lease lease = Lease.take(run, "model")) {
            return calibrate();
        }
    }

    private FittedCalibrators calibrate() throws IOException {
        JavaRDD<Prediction> held = fresh != null ? fresh() : evaluated == null ? heldOut() : evaluated();
        ConfidenceSections.Fitted fitted = ConfidenceSections.fit(session.sql(), held, method, console);
        FittedCalibrators r = fitted.calibrators();
        CalibrationFile.write(fitted.calibration(), run);
        JavaRDD<Prediction> test = predictions(PredictionFiles.split(Part.TEST));
        ObjectNode sections = Json.object();
        ConfidenceSections.put(
                sections,
                fitted,
                test.isEmpty() ? null : test,
                ModelCard.read(run).classes(),
                species());
        rewriteReport(sections);
        console.print("%-18s %15s %9s %9s %9s", "method", "validation NLL", "test NLL", "ECE", "error");
        sections.at("/recalibrated/methods").properties().forEach(m -> {
            JsonNode n = m.getValue();
            console.print(
                    "%-18s %15.4f %9.4f %9.4f %9.4f%s",
                    m.getKey(),
                    n.path("validation_nll").asDouble(Double.NaN),
                    n.path("nll").asDouble(Double.NaN),
                    n.path("ece").asDouble(Double.NaN),
                    n.path("error").asDouble(Double.NaN),
                    m.getKey().equals(r.chosen()) ? "  chosen" : "");
        });
        return r;
    }

    private JavaRDD<Prediction> heldOut() {
        JavaRDD<Prediction> held = predictions(PredictionFiles.split(Part.VALIDATION));
        held = held.isEmpty() ? predictions(PredictionFiles.CROSS_FITTED) : held;
        if (held.isEmpty()) {
            throw JobException.input(
                    "expected predictions of a validation part in %s, found none; train with --validation or --folds above 0, or give other labelled pictures with --data",
                    run);
        }
        return held;
    }

    /** Predictions of fresh pictures, which are kept in the run. */
    private JavaRDD<Prediction> fresh() throws IOException {
        Directory kept = run.sub(FRESH);
        ScoredPictures scored = ScoredPictures.of(
                session,
                console,
                TrainedModel.read(run),
                fresh.data(),
                fresh.labels(),
                fresh.maxRejected(),
                kept,
                false);
        if (scored.own()) {
            console.print(
                    "warning: these are the run's own test pictures: figures on them will be too good from now on; give others");
        }
        PredictionFiles.parquet(session.sql(), Map.of(PredictionFiles.split(Part.TEST), scored.predictions()), kept);
        console.print("fitting on %d pictures", scored.pictures().count(Part.TEST));
        return scored.predictions();
    }

    /** The predictions that {@code evaluate} wrote; their labels are the run's. */
    private JavaRDD<Prediction> evaluated() throws IOException {
        if (!evaluated.has("predictions.parquet")) {
            throw JobException.input(
                    "expected predictions.parquet at --evaluated %s, found none; give the --out of evaluate",
                    evaluated);
        }
        if (evaluated.has(ReportSections.FILE) && ReportSections.read(evaluated).has("labels")) {
            throw JobException.input(
                    "expected predictions of one label at --evaluated %s, found several; evaluate --model %s",
                    evaluated, run);
        }
        JavaRDD<Prediction> held = PredictionFiles.read(session.sql(), evaluated, PredictionFiles.split(Part.TEST))
                .cache();
        int classes = ModelCard.read(run).classes().size();
        int found = held.isEmpty() ? 0 : held.first().logits().length;
        if (found != classes) {
            throw JobException.input(
                    "expected predictions of the model's %d classes at --evaluated %s, found %d; evaluate --model %s",
                    classes, evaluated, found, run);
        }
        return held;
    }

    /** Whether the run's classes tell their species: its report has slices of them. */
    private boolean species() throws IOException {
        return run.has(ReportSections.FILE)
                && !ReportSections.read(run).at("/slices/species").isEmpty();
    }

    /** Updates the run's report to the calibrator that it has now. */
    private void rewriteReport(ObjectNode sections) throws IOException {
        if (run.has(ReportSections.FILE)) {
            ObjectNode report = ReportSections.read(run);
            report.setAll(sections);
            run.writeText(ReportSections.FILE, Json.pretty(report));
        }
    }

    private JavaRDD<Prediction> predictions(String split) {
        return PredictionFiles.read(session.sql(), run, split).cache();
    }
}
