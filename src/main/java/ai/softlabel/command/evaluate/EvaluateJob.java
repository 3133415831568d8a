package ai.softlabel.command.evaluate;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.Part;
import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.files.Directory;
import ai.softlabel.metrics.CalibrationError;
import ai.softlabel.metrics.Summary;
import ai.softlabel.pipeline.CommandFailure;
import ai.softlabel.pipeline.ConfidenceSections;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.LoadedPictures;
import ai.softlabel.pipeline.RecalibratedSection;
import ai.softlabel.pipeline.ReportPlace;
import ai.softlabel.pipeline.ReportSections;
import ai.softlabel.pipeline.Session;
import ai.softlabel.pipeline.SeveralLabels;
import ai.softlabel.pipeline.TrainedModel;
import ai.softlabel.pipeline.WorstMisclassifications;
import ai.softlabel.report.HtmlReport;
import ai.softlabel.report.LabelsPage;
import ai.softlabel.report.Misclassification;
import ai.softlabel.run.ConfusionCell;
import ai.softlabel.run.Json;
import ai.softlabel.run.ModelCard;
import ai.softlabel.run.PredictionFiles;
import ai.softlabel.score.Decisions;
import ai.softlabel.score.Evaluation;
import ai.softlabel.score.Prediction;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;

/** {@code evaluate}: scores a run's model on labelled pictures, in the same way as the run scored its test part. */
public final class EvaluateJob {
    private final EvaluateSettings settings;
    private final Session session;
    private final ConsoleProgress console;
    private final Directory out;
    private final Directory run;

    public EvaluateJob(EvaluateSettings settings, Session session, ConsoleProgress console) {
        this.settings = settings;
        this.session = session;
        this.console = console;
        this.out = Directory.of("out", settings.out(), session.spark().hadoopConfiguration());
        this.run = Directory.of("model", settings.model(), session.spark().hadoopConfiguration());
    }

    /** Runs the job. A failure is written to the report if possible, and thrown. */
    public void run() throws IOException {
        ReportSections.requireFree(out, "evaluate", settings.replace());
        CommandFailure.guard("evaluate", out, this::evaluate);
    }

    private void evaluate() throws IOException {
        out.delete(ReportSections.FILE);
        TrainedModel trained = settings.engine().of(TrainedModel.readAny(run), session, console);
        ModelCard card = trained.card();
        if (card.several() && settings.shift() != null) {
            throw JobException.options(
                    "expected no --shift for a model of several labels, found it; leave it out, its figures are of one label");
        }
        ScoredPictures scored = ScoredPictures.of(
                session,
                console,
                trained,
                settings.data(),
                settings.labels(),
                settings.maxRejected(),
                out,
                settings.shift() != null);
        LoadedPictures pictures = scored.pictures();
        JavaRDD<Prediction> predictions = scored.predictions();
        if (card.several()) {
            several(trained, pictures, predictions);
            return;
        }
        Evaluation scores = Evaluation.of(predictions);
        Map<String, JavaRDD<Prediction>> written = new LinkedHashMap<>();
        written.put(PredictionFiles.split(Part.TEST), predictions);
        ObjectNode shift = null;
        if (settings.shift() != null) {
            ShiftScores shifted = new ShiftScores(session, console, scored, trained.calibration(), card.preparation());
            shift = shifted.section(settings.shift(), settings.data());
            written.putAll(shifted.predictions());
        }
        PredictionFiles.parquet(session.sql(), written, out);
        List<ConfusionCell> confusions = PredictionFiles.confusion(predictions, card.classes(), out);
        ObjectNode report = started(trained, pictures);
        boolean species = scored.listing().species();
        ReportSections.test(report, scores, predictions, card.classes(), species, console);
        Calibrator calibrator = trained.calibrator();
        Summary recalibrated = RecalibratedSection.score(predictions, calibrator);
        ConfidenceSections.put(report, trained.calibration(), recalibrated, predictions, card.classes(), species);
        if (shift != null) {
            report.set("shift", shift);
        }
        List<Misclassification> worst = WorstMisclassifications.of(
                predictions, pictures.parts().get(Part.TEST).examples(), card.classes());
        out.writeText("report.html", HtmlReport.of(report, List.of(), confusions, worst));
        out.writeText(ReportSections.FILE, Json.pretty(report));
        console.partitions(scores.partitions());
        Summary s = scores.total();
        console.print(
                "error %.2f %%  top-5 error %.2f %%  NLL %.4f  ECE %.4f  Brier %.4f on %d pictures",
                100 * s.error(), 100 * s.topFiveError(), s.nll(), CalibrationError.ece(s), s.brier(), s.count());
        warn(s);
        console.print(
                "recalibrated (%s): NLL %.4f  ECE %.4f",
                calibrator.method(), recalibrated.nll(), CalibrationError.ece(recalibrated));
        console.print("wrote the report to %s", out);
        ReportPlace.print(console, out);
    }

    private ObjectNode started(TrainedModel trained, LoadedPictures pictures) {
        ModelCard card = trained.card();
        ObjectNode report = ReportSections.start("evaluate", ExitStatus.DONE.code());
        ReportSections.spark(report, session);
        report.putObject("data")
                .put("path", ReportSections.data(settings.data()))
                .put("test", pictures.count(Part.TEST))
                .put("classes", card.classes().size())
                .put("rejected", pictures.rejected().size())
                .put("fingerprint", pictures.fingerprint());
        ModelCard.architecture(report.putObject("model"), card.architecture())
                .put("parameters", trained.model().size())
                .put("image_size", card.imageSize())
                .put("weights", settings.model())
                .put("engine", trained.engine().toString());
        return report;
    }

    /** The results of a model of several labels. */
    private void several(TrainedModel trained, LoadedPictures pictures, JavaRDD<Prediction> predictions)
            throws IOException {
        PredictionFiles.severalLabels(session.sql(), Map.of(PredictionFiles.split(Part.TEST), predictions), out);
        ObjectNode report = started(trained, pictures);
        Evaluation scores = Evaluation.of(Decisions.of(predictions));
        SeveralLabels.test(report, scores);
        SeveralLabels.put(
                report,
                (Calibrator.Labels) trained.calibrator(),
                null,
                predictions,
                trained.card().classes());
        out.writeText("report.html", LabelsPage.of(report, List.of()));
        out.writeText(ReportSections.FILE, Json.pretty(report));
        console.partitions(scores.partitions());
        console.print("%s", SeveralLabels.line(report));
        console.print("wrote the report to %s", out);
        ReportPlace.print(console, out);
    }

    /** Warns if error or ECE lie outside the run's own intervals: then the pictures differ from the run's test part. */
    private void warn(Summary s) throws IOException {
        if (!run.has(ReportSections.FILE)) {
            return;
        }
        JsonNode intervals = Json.parse(run.readText(ReportSections.FILE)).at("/test/intervals");
        Map<String, Double> now = Map.of("error", s.error(), "ece", CalibrationError.ece(s));
        for (String figure : List.of("error", "ece")) {
            JsonNode limits = intervals.path(figure);
            double value = now.get(figure);
            if (limits.size() == 2
                    && (value < limits.get(0).asDouble()
                            || value > limits.get(1).asDouble())) {
                console.print(
                        "warning: %s is %.4f, outside the run's interval of %.4f to %.4f: these pictures differ from the run's test part",
                        figure, value, limits.get(0).asDouble(), limits.get(1).asDouble());
            }
        }
    }
}
