package ai.softlabel.pipeline;

import ai.softlabel.JobException;
import ai.softlabel.train.Hyperparameters;

/**
 * What is trained on what: all that {@link PreparedTraining} is made from, whichever command trains. Made by
 * {@link #builder}, which begins with the defaults of the command line.
 *
 * @param data where the pictures are, or null for the built-in sample
 * @param split share of random testing: null for what the data suggests, 0 for its own lists
 * @param validation share of the training pictures held out, in [0, 1)
 * @param weights where pretrained weights are, or null for none
 * @param replicas number of replicas, or null for one a task slot
 * @param hyperparameters what a person chose of the training
 * @param maxRejected most pictures that may be rejected, as a share
 * @param stepTimeout seconds that a step may take before the run is given up
 * @param testFlip whether pictures are scored together with their mirror images
 */
public record TrainingSetup(
        String data,
        Double split,
        double validation,
        String weights,
        Integer replicas,
        Hyperparameters hyperparameters,
        double maxRejected,
        double stepTimeout,
        boolean testFlip) {
    public TrainingSetup {
        if (hyperparameters.normFrozen() && weights == null) {
            throw JobException.options(
                    "expected --weights for --freeze-norm, found none: fresh statistics are no use; give both or neither");
        }
        int accumulate = hyperparameters.optimization().accumulate();
        int batchSize = hyperparameters.batchSize();
        if (batchSize % accumulate != 0) {
            throw JobException.options(
                    "expected --batch-size to be a multiple of --accumulate, found %d and %d; change one of them",
                    batchSize, accumulate);
        }
        if (replicas != null && batchSize / accumulate % replicas != 0) {
            throw JobException.options(
                    "expected --batch-size / --accumulate to be a multiple of --replicas, found %d and %d; change one of them",
                    batchSize / accumulate, replicas);
        }
    }

    /** The defaults: the built-in sample, a replica a task slot. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that begins with these. */
    public Builder toBuilder() {
        Builder b = new Builder();
        b.data = data;
        b.split = split;
        b.validation = validation;
        b.weights = weights;
        b.replicas = replicas;
        b.hyperparameters = hyperparameters;
        b.maxRejected = maxRejected;
        b.stepTimeout = stepTimeout;
        b.testFlip = testFlip;
        return b;
    }

    /** Named steps to a {@link TrainingSetup}; what is not named keeps its default. */
    public static final class Builder {
        private String data;
        private Double split;
        private double validation;
        private String weights;
        private Integer replicas;
        private Hyperparameters hyperparameters = Hyperparameters.builder().build();
        private double maxRejected = 0.05;
        private double stepTimeout = 600;
        private boolean testFlip;

        private Builder() {}

        public Builder data(String value) {
            data = value;
            return this;
        }

        public Builder split(Double value) {
            split = value;
            return this;
        }

        public Builder validation(double value) {
            validation = value;
            return this;
        }

        public Builder weights(String value) {
            weights = value;
            return this;
        }

        public Builder replicas(Integer value) {
            replicas = value;
            return this;
        }

        public Builder hyperparameters(Hyperparameters value) {
            hyperparameters = value;
            return this;
        }

        public Builder maxRejected(double value) {
            maxRejected = value;
            return this;
        }

        public Builder stepTimeout(double value) {
            stepTimeout = value;
            return this;
        }

        public Builder testFlip(boolean value) {
            testFlip = value;
            return this;
        }

        /** @throws JobException of status 2 where values do not go together */
        public TrainingSetup build() {
            return new TrainingSetup(
                    data, split, validation, weights, replicas, hyperparameters, maxRejected, stepTimeout, testFlip);
        }
    }
}
