package ai.softlabel.command.train;

import ai.softlabel.Part;
import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.calibrate.LabelColumns;
import ai.softlabel.files.Directory;
import ai.softlabel.loss.Smoothing;
import ai.softlabel.network.Folding;
import ai.softlabel.network.ModelState;
import ai.softlabel.network.Weights;
import ai.softlabel.pipeline.ConfidenceSections;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.EpochPredictions;
import ai.softlabel.pipeline.LoadedPictures;
import ai.softlabel.pipeline.Phases;
import ai.softlabel.pipeline.PreparedTraining;
import ai.softlabel.pipeline.ReportSections;
import ai.softlabel.pipeline.Session;
import ai.softlabel.pipeline.SeveralLabels;
import ai.softlabel.pipeline.WorstMisclassifications;
import ai.softlabel.report.HtmlReport;
import ai.softlabel.report.LabelsPage;
import ai.softlabel.report.Misclassification;
import ai.softlabel.run.CalibrationFile;
import ai.softlabel.run.ConfusionCell;
import ai.softlabel.run.EpochLog;
import ai.softlabel.run.ExperimentLog;
import ai.softlabel.run.Json;
import ai.softlabel.run.MetricsSection;
import ai.softlabel.run.ModelCard;
import ai.softlabel.run.PredictionFiles;
import ai.softlabel.run.RejectionFile;
import ai.softlabel.score.Evaluation;
import ai.softlabel.score.Margin;
import ai.softlabel.score.Prediction;
import ai.softlabel.spark.JobDescription;
import ai.softlabel.spark.ProcessMemory;
import ai.softlabel.train.Snapshot;
import ai.softlabel.train.StepTimes;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;

/** Writes the results of a finished training to its run directory. */
final class TrainOutput {
    private final TrainSettings settings;
    private final Session session;
    private final PreparedTraining prepared;
    private final Directory out;
    private final ConsoleProgress console;

    TrainOutput(
            TrainSettings settings,
            Session session,
            PreparedTraining prepared,
            Directory out,
            ConsoleProgress console) {
        this.settings = settings;
        this.session = session;
        this.prepared = prepared;
        this.out = out;
        this.console = console;
    }

    /** Writes the model first, so that a later failure can't lose it. */
    void writeModel(ModelState scored) throws IOException {
        try (Phases.Phase phase = session.phases().begin("files")) {
            ModelState state = prepared.recipe().frozenNorm() ? Folding.unfold(prepared.model(), scored) : scored;
            out.write(
                    ModelCard.WEIGHTS, stream -> Weights.save(prepared.model(), state, stream, Map.of("format", "pt")));
            card().write(out);
            RejectionFile.write(prepared.pictures().rejected(), out);
        }
    }

    /**
     * Writes predictions, figures and pages.
     *
     * @param end the snapshot after the last epoch
     * @param kept the snapshot that is saved
     * @param scoring predictions of the snapshot that is saved
     * @param crossFitted predictions of the training part by heads trained without each fold, or null
     * @param times medians of one task's steps in the last epoch
     * @param peakResident the largest executor's peak resident memory in bytes
     * @return the test part's partitions
     */
    List<Evaluation.Partition> write(
            Snapshot end,
            Snapshot kept,
            EpochPredictions scoring,
            JavaRDD<Prediction> crossFitted,
            StepTimes times,
            long peakResident)
            throws IOException {
        Map<String, JavaRDD<Prediction>> predictions = new LinkedHashMap<>();
        for (Part part : Part.values()) {
            if (prepared.pictures().count(part) > 0 && (part != Part.TRAIN || settings.scoreTraining())) {
                predictions.put(PredictionFiles.split(part), scoring.of(part));
            }
        }
        if (crossFitted != null) {
            predictions.put(PredictionFiles.CROSS_FITTED, crossFitted);
        }
        // Its figures are phases within.
        try (JobDescription what = JobDescription.of(session.spark(), "score the final model");
                Phases.Phase phase = session.phases().begin("files")) {
            return write(end, kept.epochs(), predictions, times, peakResident);
        }
    }

    private ModelCard card() {
        return new ModelCard(
                prepared.recipe().architecture(),
                prepared.recipe().testSizes(),
                settings.setup().testFlip(),
                prepared.listing().classes(),
                prepared.recipe().normalization(),
                prepared.recipe().hyperparameters().decoding(),
                prepared.split().text(),
                prepared.split().validation().share(),
                prepared.splitSeed(),
                LoadedPictures.hash(prepared.listing()),
                settings.setup().labels().separator());
    }

    private List<Evaluation.Partition> write(
            Snapshot end, int kept, Map<String, JavaRDD<Prediction>> predictions, StepTimes times, long peakResident)
            throws IOException {
        if (settings.setup().labels().several()) {
            return writeSeveral(end, kept, predictions, times, peakResident);
        }
        List<String> classes = prepared.listing().classes();
        JavaRDD<Prediction> test = predictions.get(PredictionFiles.split(Part.TEST));
        Map<String, Evaluation> scored = scored(predictions);
        Evaluation scores = scored.getOrDefault(PredictionFiles.split(Part.TEST), Evaluation.none());
        if (!predictions.isEmpty()) {
            PredictionFiles.parquet(session.sql(), predictions, out);
        }
        List<ConfusionCell> confusions = test == null ? List.of() : PredictionFiles.confusion(test, classes, out);
        ObjectNode report = new TrainedSections(settings, session, prepared).start(end, kept);
        boolean species = prepared.listing().species();
        try (Phases.Phase phase = session.phases().begin("intervals")) {
            ReportSections.test(report, scores, test, classes, species, console);
        }
        if (settings.scoreTraining()) {
            training(report, scored);
            margins(report, predictions);
        }
        for (String part : List.of(PredictionFiles.split(Part.VALIDATION), PredictionFiles.CROSS_FITTED)) {
            if (predictions.containsKey(part)) {
                try (Phases.Phase phase = session.phases().begin("recalibration")) {
                    report.set(part, MetricsSection.brief(scored.get(part).total()));
                    ConfidenceSections.Fitted fitted = ConfidenceSections.fit(
                            session.sql(), predictions.get(part), settings.recalibrate(), console);
                    CalibrationFile.write(fitted.calibration(), out);
                    ConfidenceSections.put(report, fitted, test, classes, species);
                }
            }
        }
        cost(report, times, peakResident);
        if (test != null) {
            List<Misclassification> worst = WorstMisclassifications.of(
                    test, prepared.pictures().parts().get(Part.TEST).examples(), classes);
            List<JsonNode> epochs = EpochLog.after(out, end.epochs()).lines();
            out.writeText("report.html", HtmlReport.of(report, epochs, confusions, worst));
        }
        finish(report);
        return scores.partitions();
    }

    /** The results where pictures may have several classes. */
    private List<Evaluation.Partition> writeSeveral(
            Snapshot end, int kept, Map<String, JavaRDD<Prediction>> predictions, StepTimes times, long peakResident)
            throws IOException {
        List<String> classes = prepared.listing().classes();
        JavaRDD<Prediction> test = predictions.get(PredictionFiles.split(Part.TEST));
        Map<String, Evaluation> scored = scored(predictions);
        Evaluation scores = scored.getOrDefault(PredictionFiles.split(Part.TEST), Evaluation.none());
        if (!predictions.isEmpty()) {
            PredictionFiles.severalLabels(session.sql(), predictions, out);
        }
        ObjectNode report = new TrainedSections(settings, session, prepared).start(end, kept);
        SeveralLabels.test(report, scores);
        if (settings.scoreTraining()) {
            training(report, scored);
        }
        LabelColumns.Fitted fitted = null;
        for (String part : List.of(PredictionFiles.split(Part.VALIDATION), PredictionFiles.CROSS_FITTED)) {
            if (predictions.containsKey(part)) {
                try (Phases.Phase phase = session.phases().begin("recalibration")) {
                    report.set(part, MetricsSection.brief(scored.get(part).total()));
                    fitted = SeveralLabels.fit(predictions.get(part), classes.size(), settings.recalibrate());
                    CalibrationFile.write(fitted.best(), out);
                }
            }
        }
        if (test != null) {
            Calibrator.Labels by = fitted == null ? Calibrator.Labels.plain(classes.size()) : fitted.best();
            try (Phases.Phase phase = session.phases().begin("recalibration")) {
                SeveralLabels.put(report, by, fitted, test, classes);
            }
            console.print("%s", SeveralLabels.line(report));
        }
        cost(report, times, peakResident);
        if (test != null) {
            List<JsonNode> epochs = EpochLog.after(out, end.epochs()).lines();
            out.writeText("report.html", LabelsPage.of(report, epochs));
        }
        finish(report);
        return scores.partitions();
    }

    /** Each part's figures. What is not cached yet is computed for them, and so in no other phase. */
    private Map<String, Evaluation> scored(Map<String, JavaRDD<Prediction>> predictions) {
        try (Phases.Phase phase = session.phases().begin("scoring")) {
            Map<String, Evaluation> scored = new LinkedHashMap<>();
            boolean several = settings.setup().labels().several();
            predictions.forEach((part, of) -> scored.put(part, Evaluation.of(of, several)));
            session.phases().natives();
            return scored;
        }
    }

    private void cost(ObjectNode report, StepTimes times, long peakResident) {
        report.putObject("steps")
                .put("median_seconds", times.total())
                .put("data", times.data())
                .put("compute", times.compute())
                .put("exchange", times.exchange())
                .put("wait", times.waiting())
                // Seconds from the first picture read to the last one decoded, before the first step.
                .put("load", prepared.pictures().loadSeconds());
        report.putObject("memory").put("peak_resident_bytes", Math.max(peakResident, ProcessMemory.peakResident()));
        // For the page, which is written before the report.
        ReportSections.seconds(report, session);
    }

    private void finish(ObjectNode report) throws IOException {
        ReportSections.seconds(report, session);
        session.phases().restart();
        // Written last: a run with a report is complete.
        out.writeText(ReportSections.FILE, Json.pretty(report));
        if (settings.experiments() != null) {
            ExperimentLog.append(
                    settings.experiments(), session.spark().hadoopConfiguration(), prepared.recipe(), report);
        }
    }

    private static void training(ObjectNode report, Map<String, Evaluation> scored) {
        report.set(
                "train",
                MetricsSection.brief(
                        scored.get(PredictionFiles.split(Part.TRAIN)).total()));
    }

    /** The mean margin of each part. */
    private void margins(ObjectNode report, Map<String, JavaRDD<Prediction>> predictions) {
        ObjectNode margin = report.putObject("margin");
        predictions.forEach((part, of) -> Json.put(margin, part, Margin.mean(of)));
        Json.put(
                margin,
                "optimum",
                Smoothing.margin(
                        prepared.recipe().smoothing(), prepared.recipe().classes()));
    }
}
