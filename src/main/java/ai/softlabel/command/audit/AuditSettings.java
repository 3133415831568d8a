package ai.softlabel.command.audit;

import ai.softlabel.JobException;
import ai.softlabel.pipeline.TrainingSetup;

/**
 * The settings of {@code audit}, checked.
 *
 * @param setup data, labels, split and how the heads that look for wrong labels are trained; all its epochs are frozen
 * @param model a run directory whose body computes the features, or null for the body of {@code --weights}
 * @param out directory for the results
 * @param folds number of folds of cross-fitting, at least 2
 * @param replace whether to overwrite an earlier audit in {@code out}
 */
public record AuditSettings(TrainingSetup setup, String model, String out, int folds, boolean replace) {
    public AuditSettings {
        int epochs = setup.hyperparameters().epochs();
        int frozen = setup.hyperparameters().frozenEpochs();
        if (model == null && setup.weights() == null) {
            throw JobException.options(
                    "expected --weights or --model for audit, found neither; give pretrained weights, or a run trained on such pictures");
        }
        if (frozen != epochs) {
            throw JobException.options(
                    "expected --frozen-epochs %d, as --epochs, for audit, found %d; it trains only heads",
                    epochs, frozen);
        }
        if (folds < 2) {
            throw JobException.options("expected --folds of at least 2 for audit, found %d; raise it", folds);
        }
    }
}
