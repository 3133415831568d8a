package ai.softlabel.train;

import ai.softlabel.data.Decoding;
import ai.softlabel.data.Normalization;
import ai.softlabel.data.PictureSizes;
import ai.softlabel.data.Preparation;
import ai.softlabel.data.Preparations;
import ai.softlabel.data.Preprocessing;
import ai.softlabel.loss.LabelSmoothing;
import ai.softlabel.loss.Loss;
import ai.softlabel.network.Architectures;
import java.io.Serializable;

/**
 * The training settings that do not depend on data and cluster. With the number of classes and replicas they form a
 * {@link Recipe}. Made by {@link #builder}, which starts with the defaults of the command line.
 *
 * @param architecture the network's name, see {@link Architectures}
 * @param imageSize side of the training pictures, in pixels
 * @param testSizes sides of the pictures for scoring and for the features of a frozen body, the largest at least the
 *     image size
 * @param batchSize pictures per step, over all replicas and accumulated batches
 * @param epochs number of epochs
 * @param frozenEpochs number of epochs at the start that train only the head
 * @param headPasses passes over the cached features in each frozen epoch
 * @param frozenNorm whether BatchNorm keeps its pretrained statistics, folded into the convolutions, which are trained
 * @param seed the random seed
 * @param loss the training loss; label smoothing by default
 * @param normalization normalisation of the pictures
 * @param decoding how files become pixels
 * @param storeSize short side at which training pictures are stored, from which random crops are cut: from the image
 *     size to {@link #MOST_STORED}; 0 for what scoring stores, {@link Preprocessing#shortSide} of the largest test size
 */
public record Hyperparameters(
        String architecture,
        int imageSize,
        PictureSizes testSizes,
        int batchSize,
        int epochs,
        int frozenEpochs,
        int headPasses,
        boolean frozenNorm,
        long seed,
        Loss loss,
        Augmentation augmentation,
        Optimization optimization,
        Normalization normalization,
        Decoding decoding,
        int storeSize)
        implements Serializable {
    /** The largest {@link #storeSize}; a picture of 4:3 then takes 4 MiB. */
    public static final int MOST_STORED = 1024;

    public Hyperparameters {
        // Throws for an unknown name.
        Architectures.named(architecture);
        check(batchSize >= 1, "a batch size of at least 1", batchSize);
        check(epochs >= 1, "at least one epoch", epochs);
        check(frozenEpochs >= 0 && frozenEpochs <= epochs, "frozen epochs from 0 to " + epochs, frozenEpochs);
        check(headPasses >= 1, "at least one pass of the head", headPasses);
        check(imageSize >= 1, "an image size of at least 1", imageSize);
        check(
                testSizes.largest() >= imageSize,
                "a test size of at least the image size " + imageSize,
                testSizes.text());
        check(testSizes.sensible(), "up to three test sizes, the largest at most twice the smallest", testSizes.text());
        check(
                storeSize == 0 || storeSize >= imageSize && storeSize <= MOST_STORED,
                "a store size from the image size " + imageSize + " to " + MOST_STORED + ", or 0",
                storeSize);
    }

    /** The largest test size: pictures are scored at it, and stored for it unless there is a {@link #storeSize}. */
    public int testSize() {
        return testSizes.largest();
    }

    /** The short side at which training pictures are stored. */
    public int storedSide() {
        return storeSize == 0 ? Preprocessing.shortSide(testSize()) : storeSize;
    }

    /** What is kept of each picture. */
    public Preparations preparations() {
        return new Preparations(
                new Preparation(testSize(), decoding), new Preparation(testSize(), storedSide(), decoding));
    }

    /** Label smoothing's ε; NaN for another loss. */
    public double smoothing() {
        return loss instanceof LabelSmoothing l ? l.epsilon() : Double.NaN;
    }

    private static void check(boolean holds, String expected, Object found) {
        if (!holds) {
            throw new IllegalArgumentException("expected " + expected + ", found " + found);
        }
    }

    /** The defaults: a ResNet-18 at 128 pixels, 32 pictures a step, four epochs, smoothing 0.1. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder with these values. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Builds {@link Hyperparameters}; a value that is not set keeps its default. */
    public static final class Builder {
        private String architecture = "resnet18";
        private int imageSize = 128;
        // Null: the image size.
        private PictureSizes testSizes;
        private int batchSize = 32;
        private int epochs = 4;
        private int frozenEpochs;
        private int headPasses = 1;
        private boolean frozenNorm;
        private long seed = 1;
        private Loss loss = LabelSmoothing.of(0.1);
        private Augmentation augmentation = Augmentation.DEFAULT;
        private Optimization optimization = Optimization.builder().build();
        private Normalization normalization = Normalization.IMAGENET;
        private Decoding decoding = Decoding.FULL;
        private int storeSize;

        private Builder() {}

        private Builder(Hyperparameters h) {
            architecture = h.architecture;
            imageSize = h.imageSize;
            testSizes = h.testSizes;
            batchSize = h.batchSize;
            epochs = h.epochs;
            frozenEpochs = h.frozenEpochs;
            headPasses = h.headPasses;
            frozenNorm = h.frozenNorm;
            seed = h.seed;
            loss = h.loss;
            augmentation = h.augmentation;
            optimization = h.optimization;
            normalization = h.normalization;
            decoding = h.decoding;
            storeSize = h.storeSize;
        }

        public Builder architecture(String value) {
            architecture = value;
            return this;
        }

        /** Sets the side of the training pictures, and of scored pictures unless there are {@link #testSizes}. */
        public Builder imageSize(int value) {
            imageSize = value;
            return this;
        }

        public Builder testSizes(PictureSizes value) {
            testSizes = value;
            return this;
        }

        /** Sets {@link #testSizes}; none, or 0 alone, for the image size. */
        public Builder testSize(int... values) {
            boolean none = values.length == 0 || values.length == 1 && values[0] == 0;
            return testSizes(none ? null : PictureSizes.of(values));
        }

        public Builder batchSize(int value) {
            batchSize = value;
            return this;
        }

        public Builder epochs(int value) {
            epochs = value;
            return this;
        }

        public Builder frozenEpochs(int value) {
            frozenEpochs = value;
            return this;
        }

        public Builder headPasses(int value) {
            headPasses = value;
            return this;
        }

        public Builder frozenNorm(boolean value) {
            frozenNorm = value;
            return this;
        }

        public Builder seed(long value) {
            seed = value;
            return this;
        }

        public Builder loss(Loss value) {
            loss = value;
            return this;
        }

        /** Sets label smoothing by ε as the loss. */
        public Builder smoothing(double epsilon) {
            return loss(LabelSmoothing.of(epsilon));
        }

        public Builder augmentation(Augmentation value) {
            augmentation = value;
            return this;
        }

        public Builder optimization(Optimization value) {
            optimization = value;
            return this;
        }

        public Builder normalization(Normalization value) {
            normalization = value;
            return this;
        }

        public Builder decoding(Decoding value) {
            decoding = value;
            return this;
        }

        public Builder storeSize(int value) {
            storeSize = value;
            return this;
        }

        /** @throws IllegalArgumentException if a value is out of its range */
        public Hyperparameters build() {
            return new Hyperparameters(
                    architecture,
                    imageSize,
                    testSizes == null ? PictureSizes.of(imageSize) : testSizes,
                    batchSize,
                    epochs,
                    frozenEpochs,
                    headPasses,
                    frozenNorm,
                    seed,
                    loss,
                    augmentation,
                    optimization,
                    normalization,
                    decoding,
                    storeSize);
        }
    }
}
