package ai.softlabel.pipeline;

import ai.softlabel.Part;
import ai.softlabel.data.Blocking;
import ai.softlabel.data.Listing;
import ai.softlabel.data.Loader;
import ai.softlabel.data.Shards;
import ai.softlabel.data.Split;
import ai.softlabel.data.Storing;
import ai.softlabel.files.Directory;
import ai.softlabel.network.Initialization;
import ai.softlabel.network.Model;
import ai.softlabel.network.ModelState;
import ai.softlabel.score.Features;
import ai.softlabel.score.Predictor;
import ai.softlabel.train.Fingerprint;
import ai.softlabel.train.Recipe;
import ai.softlabel.train.Spread;
import ai.softlabel.train.Trainer;
import ai.softlabel.train.TrainingItems;
import ai.softlabel.train.TrainingSet;
import java.io.IOException;
import org.apache.spark.api.java.JavaRDD;

/**
 * Everything that training needs, prepared before the first step: data, recipe, model and initial weights.
 *
 * @param setup the settings
 * @param listing classes and pictures of the data
 * @param splitSeed seed of the split
 * @param model the model in the form in which it is saved
 * @param initial the initial weights and statistics, in the form of the recipe's model
 * @param shards how the pictures are distributed over the cluster
 * @param spread how the replicas are dealt to tasks while it lasts
 * @param pictures the parts, in Spark's storage
 * @param threads OpenMP threads of each scoring task
 * @param weights a hash of the pretrained weights, or "none"
 */
public record PreparedTraining(
        TrainingSetup setup,
        Listing listing,
        Split split,
        long splitSeed,
        Recipe recipe,
        Model model,
        ModelState initial,
        Shards shards,
        Spread spread,
        LoadedPictures pictures,
        int threads,
        String weights) {

    /** The predictor for this model. */
    public Predictor predictor() {
        return new Predictor(
                model.architecture(),
                recipe.classes(),
                recipe.frozenNorm(),
                recipe.testSizes(),
                setup.testFlip(),
                recipe.normalization(),
                recipe.hyperparameters().decoding(),
                threads,
                setup.labels().several());
    }

    /**
     * What is trained on.
     *
     * @param frozen gives the features for frozen epochs, or null where there are none
     */
    public TrainingSet trainingSet(FrozenFeatures frozen) {
        Loader.Loaded train = pictures.parts().get(Part.TRAIN);
        long bytes = Storing.pictureBytes(recipe.hyperparameters().storedSide());
        return new TrainingSet(
                new TrainingItems<>(train.stored(), train.blocking(), train.encoded(), replicaBytes(bytes)),
                () -> features(frozen.of(Part.TRAIN)),
                pictures.trained());
    }

    /** Features of training pictures, in the pictures' partitions, as training takes them. */
    public TrainingItems<Features> features(JavaRDD<Features> features) {
        Blocking blocking = pictures.parts().get(Part.TRAIN).blocking();
        int trained = recipe.augmentation().views();
        // Of one size, mirror images in the scores are not counted: its windows stay what they were.
        int views = recipe.testSizes().several()
                ? predictor().views().atLeast(trained, 1, 0).count()
                : trained;
        long bytes = (long) Float.BYTES * model.features() * views;
        if (blocking != null) {
            blocking = blocking.window(setup.storing().window(bytes));
        }
        return new TrainingItems<>(features, blocking, false, replicaBytes(bytes));
    }

    /** What a replica has in the heap at a time: a window in blocks, or else all that is its. */
    private long replicaBytes(long itemBytes) {
        int replicas = shards.replicas();
        long all = (pictures.count(Part.TRAIN) + replicas - 1L) / replicas * itemBytes;
        return pictures.parts().get(Part.TRAIN).blocking() == null
                ? all
                : Math.min(all, setup.storing().windowBytes());
    }

    /** The fingerprint of settings and data, for checkpoints. */
    public Fingerprint fingerprint() {
        String former = LegacyFingerprint.checkpoint(recipe, pictures.fingerprint(), String.valueOf(setup.weights()));
        Fingerprint own = Fingerprint.of(recipe, pictures.fingerprint(), weights, former);
        // Where everything fits into a window, its size changes nothing.
        return pictures.parts().get(Part.TRAIN).blocking() == null
                ? own
                : own.with("--store's MB", String.valueOf(setup.storing().windowMegabytes()));
    }

    /** The trainer of this recipe on the session's cluster. */
    public Trainer trainer(Session session) {
        return trainer(session, "");
    }

    /** @param label see {@link Trainer} */
    public Trainer trainer(Session session, String label) {
        return new Trainer(
                session.spark(), recipe, initial.weights(), spread, session.cluster(), setup.stepTimeout(), label);
    }

    /** Reads and checks everything, and writes {@code rejected.jsonl}. */
    public static PreparedTraining of(TrainingSetup setup, Session session, ConsoleProgress console, Directory out)
            throws IOException {
        return new Preparer(setup, session, console).prepare(null, out);
    }

    /** The same with pictures that are listed already. */
    public static PreparedTraining of(
            TrainingSetup setup, Listing listing, Session session, ConsoleProgress console, Directory out)
            throws IOException {
        return new Preparer(setup, session, console).prepare(listing, out);
    }

    /** The same with a head that has learnt nothing, whatever head the weights have. */
    public PreparedTraining withFreshHead() {
        float[] weights = initial.weights().clone();
        // In the form that is trained, which folded BatchNorm makes another than the one that is saved.
        Model trained = recipe.model();
        float[] fresh = Initialization.fresh(trained, recipe.seed()).weights();
        int head = trained.headOffset();
        System.arraycopy(fresh, head, weights, head, weights.length - head);
        return new PreparedTraining(
                setup,
                listing,
                split,
                splitSeed,
                recipe,
                model,
                new ModelState(weights, initial.statistics(), initial.steps()),
                shards,
                spread,
                pictures,
                threads,
                this.weights);
    }

    /** The same data, cluster and model with another setup, which must have the same architecture and sizes. */
    public PreparedTraining again(TrainingSetup asked, Session session) throws IOException {
        TrainingSetup other = PretrainedConfig.apply(asked, session.spark().hadoopConfiguration(), null);
        Preparer.Start start = new Preparer(other, session, null).start(model);
        return new PreparedTraining(
                other,
                listing,
                split,
                splitSeed,
                new Recipe(other.hyperparameters(), recipe.classes(), recipe.replicas(), recipe.balance()),
                model,
                start.state(),
                shards,
                spread,
                pictures,
                threads,
                start.weights());
    }
}
