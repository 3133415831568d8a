package ai.softlabel.pipeline;

import ai.softlabel.JobException;
import ai.softlabel.data.HeldOut;
import ai.softlabel.data.LabelSource;
import ai.softlabel.data.Shards;
import ai.softlabel.data.Split;
import ai.softlabel.data.Storing;
import ai.softlabel.loss.Link;
import ai.softlabel.train.Hyperparameters;

/**
 * Data, model and training settings that all training commands share; {@link PreparedTraining} is made from it. Made by
 * {@link #builder}, which starts with the defaults of the command line.
 *
 * @param data path of the pictures, or null for the built-in sample
 * @param labels where the labels come from
 * @param split share of a test part that is drawn; null for the data's default, 0 for its official lists
 * @param way how that share is drawn
 * @param balancing what is done about classes of different sizes
 * @param validation the training pictures held out
 * @param weights path of pretrained weights, or null for none
 * @param replicas number of replicas, or null for one per task slot
 * @param hyperparameters the training settings
 * @param maxRejected largest accepted share of rejected pictures
 * @param stepTimeout longest time for a step in seconds, after which the run fails
 * @param waitForExecutors seconds to wait for a lost executor's successor before the run goes on without; 0 where it
 *     fails instead
 * @param testFlip whether scores are averaged over pictures and their mirror images
 * @param storing how the pictures are kept
 */
public record TrainingSetup(
        String data,
        LabelSource labels,
        Double split,
        Split.Way way,
        Balancing balancing,
        HeldOut validation,
        String weights,
        Integer replicas,
        Hyperparameters hyperparameters,
        double maxRejected,
        double stepTimeout,
        double waitForExecutors,
        boolean testFlip,
        Storing storing) {
    public TrainingSetup {
        if (hyperparameters.frozenNorm() && weights == null) {
            throw JobException.options(
                    "expected --weights for --freeze-norm, found none; give both or neither, because new BatchNorm statistics must be learned");
        }
        if (hyperparameters.optimization().l2sp() && weights == null) {
            throw JobException.options(
                    "expected --weights for --l2-sp, found none; give both or neither, because decay goes towards the pretrained weights");
        }
        boolean sigmoid = hyperparameters.loss().link() == Link.SIGMOID;
        if (sigmoid && !labels.several()) {
            throw JobException.options(
                    "expected --label-separator for --loss %s, a loss of several labels, found none; give it, or choose another loss",
                    hyperparameters.loss().name());
        }
        if (labels.several() && !sigmoid) {
            throw JobException.options(
                    "expected --loss binary-cross-entropy for several labels (--label-separator), found %s; leave --loss out, --smoothing smooths both",
                    hyperparameters.loss().name());
        }
        if (labels.several() && !balancing.equals(Balancing.NONE)) {
            throw JobException.options(
                    "expected no --class-weights and no --sampler for several labels (--label-separator), found one of them; leave it out, each label has a threshold of its own");
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

    /** How many replicas there are on so many task slots: what was given, or the most slots that divide a batch. */
    public int replicas(int slots) {
        int batch = hyperparameters.batchSize() / hyperparameters.optimization().accumulate();
        return replicas != null ? replicas : Shards.divisor(batch, slots);
    }

    /** The defaults: the built-in sample, one replica per task slot. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder with these values. */
    public Builder toBuilder() {
        Builder b = new Builder();
        b.data = data;
        b.labels = labels;
        b.split = split;
        b.way = way;
        b.balancing = balancing;
        b.validation = validation;
        b.weights = weights;
        b.replicas = replicas;
        b.hyperparameters = hyperparameters;
        b.maxRejected = maxRejected;
        b.stepTimeout = stepTimeout;
        b.waitForExecutors = waitForExecutors;
        b.testFlip = testFlip;
        b.storing = storing;
        return b;
    }

    /** Builds a {@link TrainingSetup}; a value that is not set keeps its default. */
    public static final class Builder {
        private String data;
        private LabelSource labels = LabelSource.LAYOUT;
        private Double split;
        private Split.Way way = Split.Way.RANDOM;
        private Balancing balancing = Balancing.NONE;
        private HeldOut validation = HeldOut.NONE;
        private String weights;
        private Integer replicas;
        private Hyperparameters hyperparameters = Hyperparameters.builder().build();
        private double maxRejected = 0.05;
        private double stepTimeout = 600;
        private double waitForExecutors;
        private boolean testFlip;
        private Storing storing = Storing.standard();

        private Builder() {}

        public Builder data(String value) {
            data = value;
            return this;
        }

        public Builder split(Double value) {
            split = value;
            return this;
        }

        public Builder labels(LabelSource value) {
            labels = value;
            return this;
        }

        public Builder balancing(Balancing value) {
            balancing = value;
            return this;
        }

        public Builder way(Split.Way value) {
            way = value;
            return this;
        }

        public Builder validation(HeldOut value) {
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

        public Builder waitForExecutors(double value) {
            waitForExecutors = value;
            return this;
        }

        public Builder testFlip(boolean value) {
            testFlip = value;
            return this;
        }

        public Builder storing(Storing value) {
            storing = value;
            return this;
        }

        /** @throws JobException of status 2 if values contradict each other */
        public TrainingSetup build() {
            return new TrainingSetup(
                    data,
                    labels,
                    split,
                    way,
                    balancing,
                    validation,
                    weights,
                    replicas,
                    hyperparameters,
                    maxRejected,
                    stepTimeout,
                    waitForExecutors,
                    testFlip,
                    storing);
        }
    }
}
