package ai.softlabel.command.train;

import ai.softlabel.ExitStatus;
import ai.softlabel.Part;
import ai.softlabel.loss.Losses;
import ai.softlabel.pipeline.Balancing;
import ai.softlabel.pipeline.LoadedPictures;
import ai.softlabel.pipeline.PreparedTraining;
import ai.softlabel.pipeline.ReportSections;
import ai.softlabel.pipeline.Session;
import ai.softlabel.run.Json;
import ai.softlabel.run.ModelCard;
import ai.softlabel.train.Fingerprint;
import ai.softlabel.train.Recipe;
import ai.softlabel.train.Snapshot;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.stream.IntStream;

/** The report's sections on what was trained: with which Spark, on which data, how. */
record TrainedSections(TrainSettings settings, Session session, PreparedTraining prepared) {
    /**
     * A report that has them.
     *
     * @param end the snapshot after the last epoch
     * @param kept the epoch whose weights are saved
     */
    ObjectNode start(Snapshot end, int kept) {
        ObjectNode report = ReportSections.start("train", ExitStatus.DONE.code());
        ReportSections.spark(report, session);
        data(report);
        Recipe recipe = prepared.recipe();
        ObjectNode model = ModelCard.architecture(report.putObject("model"), recipe.architecture())
                .put("parameters", prepared.model().size())
                .put("image_size", recipe.imageSize());
        if (recipe.testSizes().several()) {
            model.put("test_size", recipe.testSizes().text());
        } else {
            model.put("test_size", recipe.testSize());
        }
        model.put("store_size", recipe.hyperparameters().storedSide())
                .put("decode", recipe.hyperparameters().decoding().word())
                .put("test_flip", settings.setup().testFlip())
                .put(
                        "weights",
                        settings.setup().weights() == null
                                ? "none"
                                : settings.setup().weights());
        training(report, end, kept);
        return report;
    }

    private void data(ObjectNode report) {
        LoadedPictures pictures = prepared.pictures();
        report.putObject("data")
                .put("path", ReportSections.data(settings.setup().data()))
                .put("split", prepared.split().text())
                .put("held_out", prepared.split().validation().text())
                .put("train", pictures.count(Part.TRAIN) + pictures.count(Part.VALIDATION))
                .put("validation", pictures.count(Part.VALIDATION))
                .put("test", pictures.count(Part.TEST))
                .put("classes", prepared.listing().classes().size())
                .put("rejected", pictures.rejected().size())
                .put("fingerprint", pictures.fingerprint());
    }

    private void training(ObjectNode report, Snapshot end, int kept) {
        Recipe recipe = prepared.recipe();
        int perPass = prepared.pictures().trained() / recipe.batchSize();
        int last = perPass * recipe.passes(end.epochs() - 1);
        // The last epoch's. A checkpoint of version 0.1 has the losses of all epochs.
        int passes = IntStream.range(0, end.epochs()).map(recipe::passes).sum();
        double loss = end
                .losses()
                .subList(end.losses().size() - last, end.losses().size())
                .stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(Double.NaN);
        ObjectNode n = report.putObject("training")
                .put("epochs", end.epochs())
                .put("kept_epoch", kept)
                .put("steps", perPass * passes)
                .put("batch_size", recipe.batchSize())
                .put("replicas", recipe.replicas())
                .put("architecture", recipe.architecture())
                .put("loss", Losses.text(recipe.loss()))
                .put("seed", recipe.seed())
                .put("seconds", end.seconds())
                .put("images_per_second", end.epochs() * perPass * (double) recipe.batchSize() / end.seconds());
        if (settings.epochChoice() != null) {
            n.put("kept_by", settings.epochChoice().word());
        }
        Json.put(n, "final_loss", loss);
        Json.put(n, "smoothing", recipe.smoothing());
        boolean weighted = !recipe.balance().classWeights().isEmpty();
        Json.put(
                n,
                "minimum_loss",
                weighted ? Double.NaN : recipe.loss().minimum(recipe.classes()).orElse(Double.NaN));
        if (weighted) {
            recipe.balance().classWeights().forEach(n.putArray("class_weights")::add);
        }
        if (recipe.balance().sampled()) {
            n.put("sampler", Balancing.BALANCED);
        }
        Map<String, String> methods = Fingerprint.later(recipe.hyperparameters());
        if (!methods.isEmpty()) {
            methods.forEach(n.putObject("methods")::put);
        }
        n.put("head_passes", end.headPasses()).put("folds", settings.folds());
    }
}
