package ai.softlabel.pipeline;

import ai.softlabel.JobException;
import ai.softlabel.train.Recipe;

/**
 * The settings of {@code train}, checked.
 *
 * @param data where the pictures are, or null for the built-in sample
 * @param out the run directory
 * @param split share of random testing: null for what the data suggests, 0 for its own lists
 * @param validation share of the training pictures held out, in [0, 1)
 * @param folds folds of the training pictures, without each of which the head learns again to recalibrate, or 0
 * @param weights where pretrained weights are, or null for none
 * @param replicas number of replicas, or null for one a task slot
 * @param recipe the recipe, its classes and replicas still open
 * @param patience epochs without a better validation NLL after which training stops, or 0 for never
 * @param maxRejected most pictures that may be rejected, as a share
 * @param keep checkpoints kept
 * @param stepTimeout seconds that a step may take
 * @param testFlip whether pictures are scored together with their mirror images
 * @param experiments a CSV file that gets a line of what was trained and how well it did, or null
 * @param scoreTraining whether the final model is scored on the training pictures too
 */
public record TrainSettings(
        String data,
        String out,
        Double split,
        double validation,
        int folds,
        String weights,
        Integer replicas,
        Recipe recipe,
        int patience,
        double maxRejected,
        boolean resume,
        int keep,
        double stepTimeout,
        boolean testFlip,
        String experiments,
        boolean scoreTraining) {
    public TrainSettings {
        if (patience > 0 && validation == 0) {
            throw JobException.options(
                    "expected --validation above 0 for --patience %d, found 0; hold a share out", patience);
        }
        if (folds > 0 && (validation > 0 || recipe.frozenEpochs() != recipe.epochs())) {
            throw JobException.options(
                    "expected --validation 0 and --frozen-epochs %d, as --epochs, for --folds %d, found %s and %d; only a head learns again so fast, hold a share out with --validation instead",
                    recipe.epochs(), folds, validation, recipe.frozenEpochs());
        }
        if (recipe.normFrozen() && weights == null) {
            throw JobException.options(
                    "expected --weights for --freeze-norm, found none: fresh statistics are no use; give both or neither");
        }
    }

    /** The same with another batch on another number of replicas. */
    public TrainSettings on(int batch, int ofReplicas) {
        return like(out, ofReplicas, recipe.batch(batch), resume);
    }

    /** The same for another recipe and run directory. */
    public TrainSettings with(Recipe other, String otherOut, boolean goingOn) {
        return like(otherOut, replicas, other, goingOn);
    }

    private TrainSettings like(String ofOut, Integer ofReplicas, Recipe ofRecipe, boolean ofResume) {
        return new TrainSettings(
                data,
                ofOut,
                split,
                validation,
                folds,
                weights,
                ofReplicas,
                ofRecipe,
                patience,
                maxRejected,
                ofResume,
                keep,
                stepTimeout,
                testFlip,
                experiments,
                scoreTraining);
    }
}
