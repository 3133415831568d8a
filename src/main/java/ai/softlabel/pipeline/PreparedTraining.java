package ai.softlabel.pipeline;

import ai.softlabel.data.Listing;
import ai.softlabel.data.Shards;
import ai.softlabel.data.Split;
import ai.softlabel.files.Directory;
import ai.softlabel.network.Model;
import ai.softlabel.network.ModelState;
import ai.softlabel.score.Predictor;
import ai.softlabel.train.Fingerprint;
import ai.softlabel.train.Recipe;
import ai.softlabel.train.Trainer;
import java.io.IOException;

/**
 * All that training needs, found out before the first step: what to learn from, with which recipe, beginning where.
 *
 * @param setup what was asked for
 * @param listing what the data holds
 * @param splitSeed the seed that the split followed
 * @param model the architecture, as it is saved
 * @param begin where the weights begin, as the recipe's model has them
 * @param shards how the pictures lie on the cluster
 * @param pictures the parts, in Spark's storage
 * @param threads OpenMP threads that scoring uses in each partition
 * @param weights a hash of the pretrained weights, or "none"
 */
public record PreparedTraining(
        TrainingSetup setup,
        Listing listing,
        Split split,
        long splitSeed,
        Recipe recipe,
        Model model,
        ModelState begin,
        Shards shards,
        LoadedPictures pictures,
        int threads,
        String weights) {

    /** Scores pictures as the model's state stands. */
    public Predictor predictor() {
        return new Predictor(
                model.architecture(),
                recipe.classes(),
                recipe.normFrozen(),
                recipe.testSize(),
                setup.testFlip(),
                recipe.normalization(),
                threads);
    }

    /** Names the settings and the data, for checkpoints. */
    public Fingerprint fingerprint() {
        String former = LegacyFingerprint.checkpoint(recipe, pictures.fingerprint(), String.valueOf(setup.weights()));
        return Fingerprint.of(recipe, pictures.fingerprint(), weights, former);
    }

    /** Trains this recipe on the session's cluster. */
    public Trainer trainer(Session session) {
        return trainer(session, "");
    }

    /** @param label see {@link Trainer} */
    public Trainer trainer(Session session, String label) {
        return new Trainer(session.spark(), recipe, shards, session.cluster(), setup.stepTimeout(), label);
    }

    /** Reads and checks everything; {@code rejected.jsonl} is written on the way. */
    public static PreparedTraining of(TrainingSetup setup, Session session, ConsoleProgress console, Directory out)
            throws IOException {
        return new Preparer(setup, session, console).prepare(out);
    }

    /** The same data, cluster and model for another setup, which may differ in all but depth and sizes. */
    public PreparedTraining again(TrainingSetup other, Session session) throws IOException {
        Preparer.Start start = new Preparer(other, session, null).start(model);
        return new PreparedTraining(
                other,
                listing,
                split,
                splitSeed,
                new Recipe(other.hyperparameters(), recipe.classes(), recipe.replicas()),
                model,
                start.state(),
                shards,
                pictures,
                threads,
                start.weights());
    }
}
