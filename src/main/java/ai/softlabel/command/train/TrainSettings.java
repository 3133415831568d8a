package ai.softlabel.command.train;

import ai.softlabel.JobException;
import ai.softlabel.calibrate.LabelCalibration;
import ai.softlabel.calibrate.RecalibrationMethod;
import ai.softlabel.data.HeldOut;
import ai.softlabel.pipeline.TrainingSetup;
import ai.softlabel.train.StageLimit;

/**
 * The settings of {@code train}, checked. Made by {@link #builder}.
 *
 * @param setup data, model and training settings
 * @param out the run directory
 * @param folds number of folds of cross-fitting for recalibration, or 0 for none
 * @param recalibrate the recalibration, or auto for the one that cross-validation chooses
 * @param patience epochs without a better figure of {@code epochChoice} after which training stops, or 0 for never
 * @param keepBest what chooses the epoch that is kept; null for NLL with {@code patience}, else the last epoch
 * @param resume whether to continue from the newest checkpoint in {@code out}
 * @param keep number of checkpoints to keep, at least 1
 * @param experiments a CSV file to append this run to, or null
 * @param scoreTraining whether to score the final model on the training pictures too
 * @param checkpointEvery after how much an epoch is cut by a checkpoint
 */
public record TrainSettings(
        TrainingSetup setup,
        String out,
        int folds,
        RecalibrationMethod recalibrate,
        int patience,
        EpochChoice keepBest,
        boolean resume,
        int keep,
        String experiments,
        boolean scoreTraining,
        StageLimit checkpointEvery) {
    public TrainSettings {
        HeldOut validation = setup.validation();
        int epochs = setup.hyperparameters().epochs();
        int frozen = setup.hyperparameters().frozenEpochs();
        if (patience > 0 && validation.share() == 0) {
            throw JobException.options(
                    "expected --validation above 0 for --patience %d, found 0; hold out a share", patience);
        }
        if (keepBest != null && validation.share() == 0) {
            throw JobException.options(
                    "expected --validation above 0 for --keep-best %s, found 0; hold out a share", keepBest.word());
        }
        if (setup.labels().several()
                && recalibrate != RecalibrationMethod.AUTO
                && !LabelCalibration.METHODS.contains(recalibrate.word())) {
            throw JobException.options(
                    "expected --recalibrate auto or one of %s for several labels (--label-separator), found %s; choose one of them",
                    LabelCalibration.METHODS, recalibrate.word());
        }
        if (folds > 0 && (validation.share() > 0 || frozen != epochs)) {
            throw JobException.options(
                    "expected --validation 0 and --frozen-epochs %d, as --epochs, for --folds %d, found %s and %d; folds need a frozen body, or hold out a share with --validation instead",
                    epochs, folds, validation.text(), frozen);
        }
    }

    /** What chooses the epoch that is kept, or null for the last one. */
    public EpochChoice epochChoice() {
        return keepBest == null && patience > 0 ? EpochChoice.NLL : keepBest;
    }

    /** A builder with the defaults of the command line. */
    public static Builder builder(TrainingSetup setup, String out) {
        return new Builder(setup, out);
    }

    /** A builder with these values. */
    public Builder toBuilder() {
        Builder b = new Builder(setup, out);
        b.folds = folds;
        b.recalibrate = recalibrate;
        b.patience = patience;
        b.keepBest = keepBest;
        b.resume = resume;
        b.keep = keep;
        b.experiments = experiments;
        b.scoreTraining = scoreTraining;
        b.checkpointEvery = checkpointEvery;
        return b;
    }

    /** Builds {@link TrainSettings}; a value that is not set keeps its default. */
    public static final class Builder {
        private TrainingSetup setup;
        private String out;
        private int folds;
        private RecalibrationMethod recalibrate = RecalibrationMethod.AUTO;
        private int patience;
        private EpochChoice keepBest;
        private boolean resume;
        private int keep = 2;
        private String experiments;
        private boolean scoreTraining;
        private StageLimit checkpointEvery = StageLimit.minutes(10);

        private Builder(TrainingSetup setup, String out) {
            this.setup = setup;
            this.out = out;
        }

        public Builder setup(TrainingSetup value) {
            setup = value;
            return this;
        }

        public Builder out(String value) {
            out = value;
            return this;
        }

        public Builder folds(int value) {
            folds = value;
            return this;
        }

        public Builder recalibrate(RecalibrationMethod value) {
            recalibrate = value;
            return this;
        }

        public Builder patience(int value) {
            patience = value;
            return this;
        }

        public Builder keepBest(EpochChoice value) {
            keepBest = value;
            return this;
        }

        public Builder resume(boolean value) {
            resume = value;
            return this;
        }

        public Builder keep(int value) {
            keep = value;
            return this;
        }

        public Builder experiments(String value) {
            experiments = value;
            return this;
        }

        public Builder scoreTraining(boolean value) {
            scoreTraining = value;
            return this;
        }

        public Builder checkpointEvery(StageLimit value) {
            checkpointEvery = value;
            return this;
        }

        /** @throws JobException of status 2 if values contradict each other */
        public TrainSettings build() {
            return new TrainSettings(
                    setup,
                    out,
                    folds,
                    recalibrate,
                    patience,
                    keepBest,
                    resume,
                    keep,
                    experiments,
                    scoreTraining,
                    checkpointEvery);
        }
    }
}
