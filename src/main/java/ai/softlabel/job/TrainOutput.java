package ai.softlabel.job;

import ai.softlabel.ExitStatus;
import ai.softlabel.Part;
import ai.softlabel.calibrate.Recalibration;
import ai.softlabel.criterion.Smoothing;
import ai.softlabel.files.Directory;
import ai.softlabel.model.Folding;
import ai.softlabel.model.ModelState;
import ai.softlabel.model.Weights;
import ai.softlabel.predict.Margin;
import ai.softlabel.predict.Prediction;
import ai.softlabel.predict.Scores;
import ai.softlabel.report.CalibrationFile;
import ai.softlabel.report.EpochLog;
import ai.softlabel.report.ExperimentLog;
import ai.softlabel.report.HtmlReport;
import ai.softlabel.report.Json;
import ai.softlabel.report.Mistake;
import ai.softlabel.report.ModelCard;
import ai.softlabel.report.PredictionFiles;
import ai.softlabel.report.Rejections;
import ai.softlabel.report.TestSection;
import ai.softlabel.spark.ProcessMemory;
import ai.softlabel.train.Recipe;
import ai.softlabel.train.Snapshot;
import ai.softlabel.train.StepTimes;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;

/** Writes what a finished training leaves in its run directory. */
final class TrainOutput {
    private final TrainSettings settings;
    private final Session session;
    private final Narrator narrator;
    private final Preparation prepared;
    private final Directory out;

    TrainOutput(TrainSettings settings, Session session, Narrator narrator, Preparation prepared, Directory out) {
        this.narrator = narrator;
        this.settings = settings;
        this.session = session;
        this.prepared = prepared;
        this.out = out;
    }

    /**
     * Writes the run.
     *
     * @param scoring turned to the snapshot that is saved and scored
     * @param times one task's medians over the last epoch
     * @param peakResident the largest executor's peak resident memory in bytes
     * @return the test part's partitions
     */
    List<Scores.Partition> write(Snapshot end, Scoring scoring, StepTimes times, long peakResident) throws IOException {
        ModelState state =
                prepared.recipe().normFrozen() ? Folding.unfold(prepared.model(), scoring.state()) : scoring.state();
        out.write(ModelCard.WEIGHTS, stream -> Weights.save(prepared.model(), state, stream, Map.of("format", "pt")));
        card().write(out);
        Rejections.write(prepared.pictures().rejected(), out);
        Map<String, JavaRDD<Prediction>> predictions = new LinkedHashMap<>();
        for (Part part : Part.values()) {
            if (prepared.pictures().count(part) > 0 && (part != Part.TRAIN || settings.scoreTraining())) {
                predictions.put(PredictionFiles.split(part), scoring.of(part));
            }
        }
        if (settings.folds() > 0) {
            narrator.say("the head learns again without each of %d folds, to recalibrate", settings.folds());
            predictions.put(
                    PredictionFiles.CROSS_FITTED, scoring.crossFitted(settings.folds(), settings.stepTimeout()));
        }
        session.spark().sc().setJobDescription("score the final model");
        try {
            return write(end, predictions, times, peakResident);
        } finally {
            session.spark().sc().setJobDescription(null);
        }
    }

    private ModelCard card() {
        return new ModelCard(
                prepared.recipe().depth(),
                prepared.recipe().testSize(),
                settings.testFlip(),
                prepared.listing().classes(),
                prepared.recipe().normalization(),
                prepared.split().text(),
                prepared.split().validation(),
                prepared.splitSeed(),
                Pictures.hash(prepared.listing()));
    }

    private List<Scores.Partition> write(
            Snapshot end, Map<String, JavaRDD<Prediction>> predictions, StepTimes times, long peakResident)
            throws IOException {
        List<String> classes = prepared.listing().classes();
        JavaRDD<Prediction> test = predictions.get(PredictionFiles.split(Part.TEST));
        Scores scores = test == null ? Scores.none() : Scores.of(test);
        if (!predictions.isEmpty()) {
            PredictionFiles.parquet(session.sql(), predictions, out);
        }
        List<HtmlReport.Confusion> confusions =
                test == null ? List.of() : PredictionFiles.confusion(test, classes, out);
        ObjectNode report = Reports.begin("train", ExitStatus.DONE.code());
        Reports.spark(report, session);
        data(report);
        report.putObject("model")
                .put("depth", prepared.recipe().depth())
                .put("parameters", prepared.model().size())
                .put("image_size", prepared.recipe().imageSize())
                .put("test_size", prepared.recipe().testSize())
                .put("test_flip", settings.testFlip())
                .put("weights", settings.weights() == null ? "none" : settings.weights());
        training(report, end);
        Reports.test(report, scores, test, classes);
        if (settings.scoreTraining()) {
            training(report, predictions);
        }
        for (String part : List.of(PredictionFiles.split(Part.VALIDATION), PredictionFiles.CROSS_FITTED)) {
            if (predictions.containsKey(part)) {
                report.set(part, TestSection.brief(Scores.total(predictions.get(part))));
                Recalibration r = Recalibrating.fit(session.sql(), predictions.get(part));
                CalibrationFile.write(r.best(), out);
                report.set("recalibrated", Recalibrating.section(r, test));
            }
        }
        report.putObject("steps")
                .put("median_seconds", times.total())
                .put("data", times.data())
                .put("compute", times.compute())
                .put("exchange", times.exchange())
                .put("wait", times.waiting())
                // From the first picture read to the last one decoded, before the first step.
                .put("load", prepared.pictures().loadSeconds());
        report.putObject("memory").put("peak_resident_bytes", Math.max(peakResident, ProcessMemory.peakResident()));
        if (test != null) {
            List<Mistake> mistakes =
                    Mistakes.of(test, prepared.pictures().parts().get(Part.TEST).examples(), classes);
            List<JsonNode> epochs = EpochLog.after(out, end.epochs()).lines();
            out.writeText("report.html", HtmlReport.of(report, epochs, confusions, mistakes));
        }
        // Last, for it is what says that the run is whole.
        out.writeText(Reports.FILE, Json.pretty(report));
        if (settings.experiments() != null) {
            ExperimentLog.append(
                    settings.experiments(), session.spark().hadoopConfiguration(), prepared.recipe(), report);
        }
        return scores.partitions();
    }

    /** The training part's figures, and how far the right logits stand out. */
    private void training(ObjectNode report, Map<String, JavaRDD<Prediction>> predictions) {
        report.set("train", TestSection.brief(Scores.total(predictions.get(PredictionFiles.split(Part.TRAIN)))));
        ObjectNode margin = report.putObject("margin");
        predictions.forEach((part, of) -> Json.put(margin, part, Margin.mean(of)));
        Json.put(
                margin,
                "optimum",
                Smoothing.margin(
                        prepared.recipe().smoothing(), prepared.recipe().classes()));
    }

    private void data(ObjectNode report) {
        Pictures pictures = prepared.pictures();
        report.putObject("data")
                .put("path", Reports.data(settings.data()))
                .put("split", prepared.split().text())
                .put("train", pictures.count(Part.TRAIN) + pictures.count(Part.VALIDATION))
                .put("validation", pictures.count(Part.VALIDATION))
                .put("test", pictures.count(Part.TEST))
                .put("classes", prepared.listing().classes().size())
                .put("rejected", pictures.rejected().size())
                .put("fingerprint", pictures.fingerprint());
    }

    private void training(ObjectNode report, Snapshot end) {
        Recipe recipe = prepared.recipe();
        int perPass = prepared.pictures().count(Part.TRAIN) / recipe.batchSize();
        int last = perPass * recipe.passes(end.epochs() - 1);
        double loss = end
                .losses()
                .subList(end.losses().size() - last, end.losses().size())
                .stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(Double.NaN);
        ObjectNode n = report.putObject("training")
                .put("epochs", end.epochs())
                .put("steps", end.losses().size())
                .put("batch_size", recipe.batchSize())
                .put("replicas", recipe.replicas())
                .put("smoothing", recipe.smoothing())
                .put("seed", recipe.seed())
                .put("seconds", end.seconds())
                .put("images_per_second", end.epochs() * perPass * (double) recipe.batchSize() / end.seconds());
        Json.put(n, "final_loss", loss);
        n.put("minimum_loss", Smoothing.minimum(recipe.smoothing(), recipe.classes()))
                .put("head_passes", end.headPasses())
                .put("folds", settings.folds());
    }
}
