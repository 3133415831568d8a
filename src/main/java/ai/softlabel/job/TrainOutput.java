package ai.softlabel.job;

import ai.softlabel.ExitStatus;
import ai.softlabel.Part;
import ai.softlabel.calibrate.Recalibration;
import ai.softlabel.criterion.Smoothing;
import ai.softlabel.data.Listing;
import ai.softlabel.data.Split;
import ai.softlabel.files.Directory;
import ai.softlabel.model.ModelState;
import ai.softlabel.model.ResNet;
import ai.softlabel.model.Weights;
import ai.softlabel.predict.Prediction;
import ai.softlabel.predict.Predictor;
import ai.softlabel.predict.Scores;
import ai.softlabel.report.CalibrationFile;
import ai.softlabel.report.EpochLog;
import ai.softlabel.report.HtmlReport;
import ai.softlabel.report.Json;
import ai.softlabel.report.Mistake;
import ai.softlabel.report.ModelCard;
import ai.softlabel.report.PredictionFiles;
import ai.softlabel.train.ProcessMemory;
import ai.softlabel.train.Recipe;
import ai.softlabel.train.Snapshot;
import ai.softlabel.train.StepTimes;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;

/** Writes what a finished training leaves in its run directory. */
final class TrainOutput {
    private final TrainSettings settings;
    private final Session session;
    private final Preparation prepared;
    private final Directory out;

    TrainOutput(TrainSettings settings, Session session, Preparation prepared, Directory out) {
        this.settings = settings;
        this.session = session;
        this.prepared = prepared;
        this.out = out;
    }

    /**
     * Writes the run.
     *
     * @param scored the state that is saved and scored
     * @param times one task's medians over the last epoch
     * @param peakResident the largest executor's peak resident memory in bytes
     * @return the test part's partitions
     */
    List<Scores.Partition> write(Snapshot end, ModelState scored, StepTimes times, long peakResident)
            throws IOException {
        Recipe recipe = prepared.recipe();
        Listing listing = prepared.listing();
        ResNet model = prepared.model();
        Pictures pictures = prepared.pictures();
        Split split = prepared.split();
        Predictor predictor = prepared.predictor();
        out.write(ModelCard.WEIGHTS, stream -> Weights.save(model, scored, stream, Map.of("format", "pt")));
        new ModelCard(
                        recipe.depth(),
                        recipe.imageSize(),
                        listing.classes(),
                        recipe.normalization(),
                        split.text(),
                        split.validation(),
                        settings.recipe().seed(),
                        Pictures.hash(listing))
                .write(out);
        Broadcast<ModelState> sent = session.spark().broadcast(scored);
        Map<Part, JavaRDD<Prediction>> predictions = new EnumMap<>(Part.class);
        for (Part part : List.of(Part.TEST, Part.VALIDATION)) {
            if (pictures.count(part) > 0) {
                predictions.put(
                        part,
                        predictor
                                .predict(pictures.parts().get(part).examples(), sent)
                                .persist(StorageLevel.MEMORY_AND_DISK()));
            }
        }
        session.spark().sc().setJobDescription("score the final model");
        List<Scores.Partition> partitions =
                predictions.containsKey(Part.TEST) ? Scores.of(predictions.get(Part.TEST)) : List.of();
        if (!predictions.isEmpty()) {
            PredictionFiles.parquet(session.sql(), predictions, out);
        }
        List<HtmlReport.Confusion> confusions = predictions.containsKey(Part.TEST)
                ? PredictionFiles.confusion(predictions.get(Part.TEST), listing.classes(), out)
                : List.of();
        ObjectNode report = Reports.begin("train", ExitStatus.DONE.code());
        Reports.spark(report, session);
        data(report, listing, split, pictures);
        report.putObject("model")
                .put("depth", recipe.depth())
                .put("parameters", model.size())
                .put("image_size", recipe.imageSize())
                .put("weights", settings.weights() == null ? "none" : settings.weights());
        training(report, recipe, end);
        Reports.test(report, partitions, predictions.get(Part.TEST), listing.classes());
        if (predictions.containsKey(Part.VALIDATION)) {
            Recalibration r = Recalibrating.fit(session.sql(), predictions.get(Part.VALIDATION));
            CalibrationFile.write(r.best(), out);
            if (predictions.containsKey(Part.TEST)) {
                report.set("recalibrated", Recalibrating.section(r, predictions.get(Part.TEST)));
            }
        }
        report.putObject("steps")
                .put("median_seconds", times.total())
                .put("data", times.data())
                .put("compute", times.compute())
                .put("exchange", times.exchange())
                .put("wait", times.waiting());
        report.putObject("memory").put("peak_resident_bytes", Math.max(peakResident, ProcessMemory.peakResident()));
        out.writeText(Reports.FILE, Json.pretty(report));
        if (predictions.containsKey(Part.TEST)) {
            List<Mistake> mistakes = Mistakes.of(
                    predictions.get(Part.TEST), pictures.parts().get(Part.TEST).examples(), listing.classes());
            List<JsonNode> epochs = EpochLog.after(out, end.epochs()).lines();
            out.writeText("report.html", HtmlReport.of(report, epochs, confusions, mistakes));
        }
        return partitions;
    }

    private void data(ObjectNode report, Listing listing, Split split, Pictures pictures) {
        report.putObject("data")
                .put("path", settings.data() == null ? "built-in sample" : settings.data())
                .put("split", split.text())
                .put("train", pictures.count(Part.TRAIN) + pictures.count(Part.VALIDATION))
                .put("validation", pictures.count(Part.VALIDATION))
                .put("test", pictures.count(Part.TEST))
                .put("classes", listing.classes().size())
                .put("rejected", pictures.rejected().size())
                .put("fingerprint", pictures.fingerprint());
    }

    private void training(ObjectNode report, Recipe recipe, Snapshot end) {
        int last = end.losses().size() / end.epochs();
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
                .put("images_per_second", end.losses().size() * (double) recipe.batchSize() / end.seconds());
        Json.put(n, "final_loss", loss);
        n.put("minimum_loss", Smoothing.minimum(recipe.smoothing(), recipe.classes()))
                .put("head_passes", end.headPasses());
    }
}
