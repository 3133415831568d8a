package ai.softlabel.job;

import ai.softlabel.Example;
import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.Part;
import ai.softlabel.Rejection;
import ai.softlabel.Sha256;
import ai.softlabel.criterion.Smoothing;
import ai.softlabel.data.Layouts;
import ai.softlabel.data.Listing;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Normalization;
import ai.softlabel.data.Shards;
import ai.softlabel.data.Split;
import ai.softlabel.files.Directory;
import ai.softlabel.metrics.Summary;
import ai.softlabel.model.Initialization;
import ai.softlabel.model.ModelState;
import ai.softlabel.model.ResNet;
import ai.softlabel.model.Safetensors;
import ai.softlabel.model.Weights;
import ai.softlabel.predict.Prediction;
import ai.softlabel.predict.Predictor;
import ai.softlabel.predict.Scores;
import ai.softlabel.report.EpochLog;
import ai.softlabel.report.Json;
import ai.softlabel.report.ModelCard;
import ai.softlabel.report.PredictionFiles;
import ai.softlabel.report.TestSection;
import ai.softlabel.train.Checkpoints;
import ai.softlabel.train.ProcessMemory;
import ai.softlabel.train.Recipe;
import ai.softlabel.train.Snapshot;
import ai.softlabel.train.StepTimes;
import ai.softlabel.train.Trainer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;

/** {@code train}: from pictures to a run directory. */
public final class TrainJob {
    private final TrainSettings settings;
    private final Session session;
    private final Narrator narrator;
    private final Directory out;
    private long peakResident;
    private StepTimes times = new StepTimes(0, 0, 0, 0, 0);

    public TrainJob(TrainSettings settings, Session session, Narrator narrator) {
        this.settings = settings;
        this.session = session;
        this.narrator = narrator;
        this.out = Directory.of("out", settings.out(), session.spark().hadoopConfiguration());
    }

    /** Runs the job; a failure is written to the report, where there is a place for it, and thrown on. */
    public void run() throws IOException {
        if (!settings.resume() && !out.names().isEmpty()) {
            throw JobException.options("expected --out %s to be empty or absent, found files in it; give another, or --resume to go on with that run", out);
        }
        try {
            train();
        } catch (JobException e) {
            Reports.failed("train", out, e);
            throw e;
        }
    }

    private void train() throws IOException {
        Listing listing = Layouts.list(settings.data(), session.spark().hadoopConfiguration());
        int classes = listing.classes().size();
        Split split = Split.of(settings.split(), settings.validation(), listing);
        ResNet model = new ResNet(settings.depth(), classes);
        ModelState begin = begin(model);
        Shards shards = Trainer.shards(replicas(), session.cluster());
        Recipe recipe = recipe(classes, shards.replicas());
        List<Rejection> rejected = new ArrayList<>(listing.rejected());
        Map<Part, List<Entry>> entries = split.assign(listing, settings.seed(), rejected);
        narrator.say("%s: %d classes, %d pictures to train on, %d to validate, %d to test", settings.data() == null ? "the built-in sample" : settings.data(), classes,
                entries.get(Part.TRAIN).size(), entries.get(Part.VALIDATION).size(), entries.get(Part.TEST).size());
        Pictures pictures = Pictures.load(session, listing, entries, rejected, settings.imageSize(), shards, settings.maxRejected(), out);
        if (!pictures.rejected().isEmpty()) {
            narrator.say("%d pictures are not used, see %s", pictures.rejected().size(), out.path("rejected.jsonl"));
        }
        if (pictures.count(Part.TRAIN) < recipe.batchSize()) {
            throw JobException.input("expected at least one batch of %d training pictures, found %d; lower --batch-size or give more pictures", recipe.batchSize(),
                    pictures.count(Part.TRAIN));
        }
        Predictor predictor = new Predictor(recipe.depth(), classes, recipe.imageSize(), recipe.normalization(), 1);
        Checkpoints checkpoints = new Checkpoints(out.sub("checkpoints"), Sha256.of(recipe + pictures.fingerprint() + settings.weights()), settings.keep());
        Snapshot end = epochs(recipe, shards, pictures, predictor, checkpoints, start(checkpoints, begin));
        finish(listing, split, recipe, model, pictures, predictor, end);
    }

    private Snapshot start(Checkpoints checkpoints, ModelState begin) {
        Snapshot found = settings.resume() ? checkpoints.newest() : null;
        if (settings.resume()) {
            narrator.say(found == null ? "no checkpoint in %s: beginning anew" : "going on after epoch %2$d", out, found == null ? 0 : found.epochs());
        }
        return found == null ? Snapshot.begin(begin) : found;
    }

    private ModelState begin(ResNet model) throws IOException {
        ModelState fresh = Initialization.fresh(model, settings.seed());
        if (settings.weights() == null) {
            return fresh;
        }
        Directory folder = Directory.of("weights", settings.weights(), session.spark().hadoopConfiguration());
        if (!folder.has("")) {
            throw JobException.input("expected a safetensors file at --weights %s, found nothing; check the path", settings.weights());
        }
        byte[] file;
        try {
            file = folder.read("");
        } catch (IOException e) {
            throw JobException.input("expected a safetensors file at --weights %s, found that it can't be read (%s); give a file", settings.weights(), e.getMessage());
        }
        Weights.Loaded loaded = Weights.load(model, Safetensors.read(settings.weights(), file), settings.weights(), fresh);
        if (loaded.headReplaced()) {
            narrator.say("%s: the head for %d classes is replaced by a fresh one for %d", settings.weights(), loaded.fileClasses(), model.classes());
        }
        return loaded.state();
    }

    private int replicas() {
        int batch = settings.batchSize();
        if (settings.replicas() == null) {
            int replicas = Math.min(session.cluster().slots(), batch);
            while (batch % replicas != 0) {
                replicas--;
            }
            return replicas;
        }
        if (batch % settings.replicas() != 0) {
            throw JobException.options("expected --batch-size to be a multiple of --replicas, found %d and %d; change one of them", batch, settings.replicas());
        }
        return settings.replicas();
    }

    private Recipe recipe(int classes, int replicas) {
        TrainSettings s = settings;
        return new Recipe(s.depth(), classes, s.imageSize(), s.batchSize(), replicas, s.epochs(), s.frozenEpochs(), s.seed(), s.smoothing(), s.cycle(), s.rate(),
                s.headFactor(), s.momentum(), s.weightDecay(), s.minScale(), Normalization.IMAGENET);
    }

    private Snapshot epochs(Recipe recipe, Shards shards, Pictures pictures, Predictor predictor, Checkpoints checkpoints, Snapshot start) throws IOException {
        Trainer trainer = new Trainer(session.spark(), recipe, shards, session.cluster(), settings.stepTimeout());
        narrator.expect(recipe.batchSize(), recipe.epochs());
        EpochLog log = EpochLog.after(out, start.epochs());
        Snapshot now = start;
        JavaRDD<Example> train = pictures.parts().get(Part.TRAIN).examples();
        while (now.epochs() < recipe.epochs()) {
            Trainer.Epoch epoch = trainer.epoch(now, train, pictures.count(Part.TRAIN));
            now = epoch.snapshot();
            peakResident = Math.max(peakResident, epoch.peakResident());
            times = epoch.times();
            Summary test = Scores.total(score(predictor, now.model(), pictures, Part.TEST, "score epoch " + now.epochs()));
            double rate = (double) epoch.steps() * recipe.batchSize() / epoch.seconds();
            narrator.epoch(now.epochs(), epoch.loss(), epoch.seconds(), rate, test);
            checkpoint(checkpoints, now);
            ObjectNode line = Json.object().put("epoch", now.epochs()).put("steps", epoch.steps()).put("loss", epoch.loss()).put("learning_rate", epoch.rate())
                    .put("head_only", recipe.frozen(now.epochs() - 1)).put("seconds", epoch.seconds()).put("images_per_second", rate).put("bytes_sent", epoch.bytesSent());
            line.set("test", TestSection.brief(test));
            log.add(line);
        }
        return now;
    }

    private void checkpoint(Checkpoints checkpoints, Snapshot now) {
        try {
            checkpoints.write(now);
        } catch (IOException e) {
            throw new JobException(ExitStatus.TRAINING, String.format("expected to write a checkpoint in %s, found %s; make room and go on with --resume",
                    out.path("checkpoints"), e.getMessage()), e);
        }
    }

    private List<Scores.Partition> score(Predictor predictor, ModelState state, Pictures pictures, Part part, String what) {
        Broadcast<ModelState> sent = session.spark().broadcast(state);
        session.spark().sc().setJobDescription(what);
        try {
            return Scores.of(predictor.predict(pictures.parts().get(part).examples(), sent));
        } finally {
            session.spark().sc().setJobDescription(null);
            sent.destroy();
        }
    }

    private void finish(Listing listing, Split split, Recipe recipe, ResNet model, Pictures pictures, Predictor predictor, Snapshot end) throws IOException {
        out.write(ModelCard.WEIGHTS, stream -> Weights.save(model, end.model(), stream, Map.of("format", "pt")));
        new ModelCard(recipe.depth(), recipe.imageSize(), listing.classes(), recipe.normalization(), split.text(), split.validation(), settings.seed(), Pictures.hash(listing))
                .write(out);
        Broadcast<ModelState> sent = session.spark().broadcast(end.model());
        Map<Part, JavaRDD<Prediction>> predictions = new EnumMap<>(Part.class);
        for (Part part : List.of(Part.TEST, Part.VALIDATION)) {
            if (pictures.count(part) > 0) {
                predictions.put(part, predictor.predict(pictures.parts().get(part).examples(), sent).persist(StorageLevel.MEMORY_AND_DISK()));
            }
        }
        session.spark().sc().setJobDescription("score the final model");
        List<Scores.Partition> partitions = predictions.containsKey(Part.TEST) ? Scores.of(predictions.get(Part.TEST)) : List.of();
        if (!predictions.isEmpty()) {
            PredictionFiles.parquet(session.sql(), predictions, out);
        }
        if (predictions.containsKey(Part.TEST)) {
            PredictionFiles.confusion(predictions.get(Part.TEST), listing.classes(), out);
        }
        ObjectNode report = Reports.begin("train", ExitStatus.DONE.code());
        Reports.spark(report, session);
        data(report, listing, split, pictures);
        report.putObject("model").put("depth", recipe.depth()).put("parameters", model.size()).put("image_size", recipe.imageSize())
                .put("weights", settings.weights() == null ? "none" : settings.weights());
        training(report, recipe, end);
        Reports.test(report, partitions);
        report.putObject("steps").put("median_seconds", times.total()).put("data", times.data()).put("compute", times.compute()).put("exchange", times.exchange())
                .put("wait", times.waiting());
        report.putObject("memory").put("peak_resident_bytes", Math.max(peakResident, ProcessMemory.peakResident()));
        out.writeText(Reports.FILE, Json.pretty(report));
        narrator.partitions(partitions);
        narrator.say("the run is in %s", out);
    }

    private void data(ObjectNode report, Listing listing, Split split, Pictures pictures) {
        report.putObject("data").put("path", settings.data() == null ? "built-in sample" : settings.data()).put("split", split.text())
                .put("train", pictures.count(Part.TRAIN) + pictures.count(Part.VALIDATION)).put("validation", pictures.count(Part.VALIDATION))
                .put("test", pictures.count(Part.TEST)).put("classes", listing.classes().size()).put("rejected", pictures.rejected().size())
                .put("fingerprint", pictures.fingerprint());
    }

    private void training(ObjectNode report, Recipe recipe, Snapshot end) {
        int last = end.losses().size() / Math.max(1, recipe.epochs());
        double loss = end.losses().subList(end.losses().size() - last, end.losses().size()).stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
        ObjectNode n = report.putObject("training").put("epochs", end.epochs()).put("steps", end.losses().size()).put("batch_size", recipe.batchSize())
                .put("replicas", recipe.replicas()).put("smoothing", recipe.smoothing()).put("seed", recipe.seed()).put("seconds", end.seconds())
                .put("images_per_second", end.losses().size() * (double) recipe.batchSize() / end.seconds());
        Json.put(n, "final_loss", loss);
        n.put("minimum_loss", Smoothing.minimum(recipe.smoothing(), recipe.classes())).put("head_passes", end.headPasses());
    }
}
