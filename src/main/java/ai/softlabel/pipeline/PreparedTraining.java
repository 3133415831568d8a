package ai.softlabel.pipeline;

import ai.softlabel.JobException;
import ai.softlabel.Part;
import ai.softlabel.Rejection;
import ai.softlabel.Sha256;
import ai.softlabel.data.Layouts;
import ai.softlabel.data.Listing;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Shards;
import ai.softlabel.data.Split;
import ai.softlabel.files.Directory;
import ai.softlabel.network.Folding;
import ai.softlabel.network.Initialization;
import ai.softlabel.network.Model;
import ai.softlabel.network.ModelState;
import ai.softlabel.network.Safetensors;
import ai.softlabel.network.Weights;
import ai.softlabel.score.Predictor;
import ai.softlabel.train.Recipe;
import ai.softlabel.train.Trainer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * All that training needs, found out before the first step: what to learn from, with which recipe, beginning where.
 *
 * @param listing what the data holds
 * @param splitSeed the seed that the split followed
 * @param model the architecture, as it is saved
 * @param begin where the weights begin, as the recipe's model has them
 * @param shards how the pictures lie on the cluster
 * @param pictures the parts, in Spark's storage
 * @param threads OpenMP threads that scoring uses in each partition
 * @param testFlip whether scoring takes the mean over pictures and their mirror images
 */
public record PreparedTraining(
        Listing listing,
        Split split,
        long splitSeed,
        Recipe recipe,
        Model model,
        ModelState begin,
        Shards shards,
        LoadedPictures pictures,
        int threads,
        boolean testFlip) {

    /** Scores pictures as the model's state stands. */
    public Predictor predictor() {
        return new Predictor(
                model.architecture(),
                recipe.classes(),
                recipe.normFrozen(),
                recipe.testSize(),
                testFlip,
                recipe.normalization(),
                threads);
    }

    /** Names the recipe and the data, for checkpoints. */
    public String fingerprint(TrainSettings settings) {
        return Sha256.of(recipe + pictures.fingerprint() + settings.weights());
    }

    /** Reads and checks everything; {@code rejected.jsonl} is written on the way. */
    public static PreparedTraining of(TrainSettings settings, Session session, ConsoleProgress console, Directory out)
            throws IOException {
        return new Preparer(settings, session, console).prepare(out);
    }

    /** The same data, cluster and model for other settings, whose recipe may differ in all but depth and size. */
    public PreparedTraining again(TrainSettings settings, Session session) throws IOException {
        return new PreparedTraining(
                listing,
                split,
                splitSeed,
                settings.recipe().on(recipe.classes(), recipe.replicas()),
                model,
                new Preparer(settings, session, null).begin(model),
                shards,
                pictures,
                threads,
                testFlip);
    }

    /** @param console or null, to say nothing */
    private record Preparer(TrainSettings settings, Session session, ConsoleProgress console) {
        PreparedTraining prepare(Directory out) throws IOException {
            Listing listing = Layouts.list(settings.data(), session.spark().hadoopConfiguration());
            int classes = listing.classes().size();
            Split split = Split.of(settings.split(), settings.validation(), listing);
            Model model = Model.of("resnet" + settings.recipe().depth(), classes);
            ModelState begin = begin(model);
            Shards shards = Trainer.shards(replicas(), session.cluster());
            Recipe recipe = settings.recipe().on(classes, shards.replicas());
            List<Rejection> rejected = new ArrayList<>(listing.rejected());
            Map<Part, List<Entry>> entries =
                    split.assign(listing, settings.recipe().seed(), rejected);
            console.say(
                    "%s: %d classes, %d pictures to train on, %d to validate, %d to test",
                    settings.data() == null ? "the built-in sample" : settings.data(),
                    classes,
                    entries.get(Part.TRAIN).size(),
                    entries.get(Part.VALIDATION).size(),
                    entries.get(Part.TEST).size());
            LoadedPictures pictures = LoadedPictures.load(
                    session,
                    listing,
                    entries,
                    rejected,
                    settings.recipe().testSize(),
                    shards,
                    settings.maxRejected(),
                    out);
            if (!pictures.rejected().isEmpty()) {
                console.say(
                        "%d pictures are not used, see %s", pictures.rejected().size(), out.path("rejected.jsonl"));
            }
            if (pictures.count(Part.TRAIN) < recipe.batchSize()) {
                throw JobException.input(
                        "expected at least one batch of %d training pictures, found %d; lower --batch-size or give more pictures",
                        recipe.batchSize(), pictures.count(Part.TRAIN));
            }
            return new PreparedTraining(
                    listing,
                    split,
                    recipe.seed(),
                    recipe,
                    model,
                    begin,
                    shards,
                    pictures,
                    session.cluster().threads(shards.partitions()),
                    settings.testFlip());
        }

        private ModelState begin(Model model) throws IOException {
            ModelState fresh = Initialization.fresh(model, settings.recipe().seed());
            if (settings.weights() == null) {
                return fresh;
            }
            Directory folder =
                    Directory.of("weights", settings.weights(), session.spark().hadoopConfiguration());
            if (!folder.has("")) {
                throw JobException.input(
                        "expected a safetensors file at --weights %s, found nothing; check the path",
                        settings.weights());
            }
            byte[] file;
            try {
                file = folder.read("");
            } catch (IOException e) {
                throw JobException.input(
                        "expected a safetensors file at --weights %s, found that it can't be read (%s); give a file",
                        settings.weights(), e.getMessage());
            }
            Weights.Loaded loaded =
                    Weights.load(model, Safetensors.read(settings.weights(), file), settings.weights(), fresh);
            if (loaded.headReplaced() && console != null) {
                console.say(
                        "%s: the head for %d classes is replaced by a fresh one for %d",
                        settings.weights(), loaded.fileClasses(), model.classes());
            }
            return settings.recipe().normFrozen() ? Folding.fold(model, loaded.state()) : loaded.state();
        }

        private int replicas() {
            int accumulate = settings.recipe().optimization().accumulate();
            int batch = settings.recipe().batchSize() / accumulate;
            if (settings.recipe().batchSize() % accumulate != 0) {
                throw JobException.options(
                        "expected --batch-size to be a multiple of --accumulate, found %d and %d; change one of them",
                        settings.recipe().batchSize(), accumulate);
            }
            if (settings.replicas() == null) {
                int replicas = Math.min(session.cluster().slots(), batch);
                while (batch % replicas != 0) {
                    replicas--;
                }
                return replicas;
            }
            if (batch % settings.replicas() != 0) {
                throw JobException.options(
                        "expected --batch-size / --accumulate to be a multiple of --replicas, found %d and %d; change one of them",
                        batch, settings.replicas());
            }
            return settings.replicas();
        }
    }
}
