package ai.softlabel.api;

import java.util.function.Consumer;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Builds a training on the rows of a DataFrame, in the Spark application that is running. A value that is not set keeps
 * its default, that of the command line.
 */
public final class TrainingBuilder {
    static final String AUTO = "auto";

    String featuresCol = "features";
    String labelCol = "label";
    String weightCol;
    String validationIndicatorCol;
    String nameCol;
    String architecture = "resnet18";
    String weights;
    int imageSize = 128;
    int[] testSize = {};
    int storeSize;
    boolean testFlip;
    int batchSize = 32;
    int epochs = 4;
    int frozenEpochs;
    int headPasses = 1;
    boolean freezeNorm;
    String loss = "label-smoothing";
    CustomLoss customLoss;
    Consumer<Epoch> onEpoch;
    double smoothing = 0.1;
    String optimizer = "sgd";
    String schedule = "one-cycle";
    double lr = 0.002;
    double headLrFactor = 10.0;
    double earlyLrFactor = 1.0;
    double frozenLr;
    double weightDecay = 1e-4;
    double dropout;
    double mixup;
    double minScale = 0.35;
    double validation;
    int folds;
    int patience;
    String keepBest = AUTO;
    String recalibrate = AUTO;
    int replicas;
    long seed = 1L;
    double maxRejected = 0.05;
    String runDir;

    TrainingBuilder() {}

    /**
     * Trains, and writes a run directory.
     *
     * @return what was trained
     * @throws IllegalArgumentException if a column is missing or of another type, or a value is out of its range
     * @throws SoftlabelException if pictures, weights or the cluster can't be used, or training fails
     */
    public TrainedRun fit(Dataset<Row> data) {
        return DatasetTraining.of(this, data).run();
    }

    /**
     * Trains on an RDD, and writes a run directory. Columns that were set are not looked at.
     *
     * @param pictures all with their content, or all to be read from their paths: those of another kind than the first
     *     one are rejected
     * @return what was trained
     * @throws IllegalArgumentException if there is no picture, one is null, or a value is out of its range
     * @throws SoftlabelException if pictures, weights or the cluster can't be used, or training fails
     */
    public TrainedRun fit(JavaRDD<LabelledPicture> pictures) {
        return DatasetTraining.of(this, pictures).run();
    }

    /** Sets column of pictures: paths (string), files (binary) or the struct of the image source; default features. */
    public TrainingBuilder featuresCol(String value) {
        featuresCol = value;
        return this;
    }

    /** Sets column of classes: texts, or whole numbers from 0; default label. */
    public TrainingBuilder labelCol(String value) {
        labelCol = value;
        return this;
    }

    /** Sets column of weights in the loss, at least 0; all 1 if not set. */
    public TrainingBuilder weightCol(String value) {
        weightCol = value;
        return this;
    }

    /** Sets boolean column: rows with true are not trained on, but used for recalibration and early stopping. */
    public TrainingBuilder validationIndicatorCol(String value) {
        validationIndicatorCol = value;
        return this;
    }

    /** Sets column of unique names, for order and reports; by default the path, or a hash of the picture. */
    public TrainingBuilder nameCol(String value) {
        nameCol = value;
        return this;
    }

    /**
     * Sets the network: resnet18, resnet34, resnet50, resnet101, resnet152, or another that softlabel --help lists;
     * default resnet18.
     */
    public TrainingBuilder architecture(String value) {
        architecture = value;
        return this;
    }

    /** Sets path or URI of pretrained weights, safetensors with torchvision's names; from scratch if not set. */
    public TrainingBuilder weights(String value) {
        weights = value;
        return this;
    }

    /** Sets side of the training pictures in pixels, from 64 to 512; default 128. */
    public TrainingBuilder imageSize(int value) {
        imageSize = value;
        return this;
    }

    /**
     * Sets sides of the pictures for scoring, the largest at least imageSize; logits are averaged over them; none, or 0
     * alone, for imageSize; default none.
     */
    public TrainingBuilder testSize(int... values) {
        testSize = values.clone();
        return this;
    }

    /** Sets short side at which training pictures are stored, imageSize to 1024; default 0: as for scoring. */
    public TrainingBuilder storeSize(int value) {
        storeSize = value;
        return this;
    }

    /** Sets whether scores are averaged over each picture and its mirror image; default false. */
    public TrainingBuilder testFlip(boolean value) {
        testFlip = value;
        return this;
    }

    /** Sets pictures per step, over all replicas; default 32. */
    public TrainingBuilder batchSize(int value) {
        batchSize = value;
        return this;
    }

    /** Sets number of epochs; default 4. */
    public TrainingBuilder epochs(int value) {
        epochs = value;
        return this;
    }

    /** Sets epochs at the start that train only the head; default 0. */
    public TrainingBuilder frozenEpochs(int value) {
        frozenEpochs = value;
        return this;
    }

    /** Sets passes over the cached features in each frozen epoch; default 1. */
    public TrainingBuilder headPasses(int value) {
        headPasses = value;
        return this;
    }

    /** Sets whether BatchNorm keeps its pretrained statistics; needs weights; default false. */
    public TrainingBuilder freezeNorm(boolean value) {
        freezeNorm = value;
        return this;
    }

    /** Sets the loss as NAME or NAME:parameter=value, for example max-sup:alpha=0.1; default label-smoothing. */
    public TrainingBuilder loss(String value) {
        loss = value;
        customLoss = null;
        return this;
    }

    /**
     * Sets a loss of your own, in place of {@link #loss(String)}.
     *
     * @param name what reports call it: small letters, digits and hyphens
     * @throws IllegalArgumentException if the name is another loss's, or has other characters
     */
    public TrainingBuilder loss(String name, RowLoss value) {
        customLoss = new CustomLoss(name, value);
        return this;
    }

    /**
     * Sets what is called after each epoch, in the thread that called {@link #fit}, when the epoch's checkpoint is
     * written. An exception that it throws ends the training, and {@link #fit} throws it.
     */
    public TrainingBuilder onEpoch(Consumer<Epoch> value) {
        onEpoch = value;
        return this;
    }

    /** Sets strength of label smoothing in [0, 1); 0 is plain cross-entropy; default 0.1. */
    public TrainingBuilder smoothing(double value) {
        smoothing = value;
        return this;
    }

    /** Sets the optimiser: sgd, adamw or lars; default sgd. */
    public TrainingBuilder optimizer(String value) {
        optimizer = value;
        return this;
    }

    /** Sets the schedule of the learning rate: one-cycle, cosine or step; default one-cycle. */
    public TrainingBuilder schedule(String value) {
        schedule = value;
        return this;
    }

    /** Sets peak learning rate of the late stages of the body; default 0.002. */
    public TrainingBuilder lr(double value) {
        lr = value;
        return this;
    }

    /** Sets learning rate of the head as a multiple of lr; default 10.0. */
    public TrainingBuilder headLrFactor(double value) {
        headLrFactor = value;
        return this;
    }

    /** Sets learning rate of the stem and the early stages as a multiple of lr; default 1.0. */
    public TrainingBuilder earlyLrFactor(double value) {
        earlyLrFactor = value;
        return this;
    }

    /** Sets peak learning rate of the head in frozen epochs; 0 for lr times headLrFactor; default 0.0. */
    public TrainingBuilder frozenLr(double value) {
        frozenLr = value;
        return this;
    }

    /** Sets weight decay, not applied to BatchNorm and biases; default 1e-4. */
    public TrainingBuilder weightDecay(double value) {
        weightDecay = value;
        return this;
    }

    /** Sets share of features that are dropped before the head, in [0, 1); default 0.0. */
    public TrainingBuilder dropout(double value) {
        dropout = value;
        return this;
    }

    /** Sets parameter of the Beta distribution of mixup; 0 for none; default 0.0. */
    public TrainingBuilder mixup(double value) {
        mixup = value;
        return this;
    }

    /** Sets least area of a random crop, in (0, 1]; default 0.35. */
    public TrainingBuilder minScale(double value) {
        minScale = value;
        return this;
    }

    /**
     * Sets share of the rows, of each class alike, held out for recalibration and early stopping, in [0, 1); 0 for
     * none; default 0.0.
     */
    public TrainingBuilder validation(double value) {
        validation = value;
        return this;
    }

    /**
     * Sets folds of cross-fitting for recalibration without rows held out; 0 for none; needs frozenEpochs equal to
     * epochs; default 0.
     */
    public TrainingBuilder folds(int value) {
        folds = value;
        return this;
    }

    /** Sets epochs without a better validation NLL after which training stops; 0 for never; default 0. */
    public TrainingBuilder patience(int value) {
        patience = value;
        return this;
    }

    /**
     * Sets the figure of the rows held out whose least value chooses the epoch that is kept: nll;
     * nll-after-temperature, which judges an epoch as it would be after recalibration (Berta et al., 2025, arXiv
     * 2501.19195); or auto for nll with patience and else the last epoch; default auto.
     */
    public TrainingBuilder keepBest(String value) {
        keepBest = value;
        return this;
    }

    /**
     * Sets the recalibration: auto for the one of the least cross-validated NLL, none, temperature, vector, platt,
     * isotonic, temperature-mixed, structured-vector, structured-matrix or beta; default auto.
     */
    public TrainingBuilder recalibrate(String value) {
        recalibrate = value;
        return this;
    }

    /** Sets copies of the network that share each batch; 0 for one per task slot; default 0. */
    public TrainingBuilder replicas(int value) {
        replicas = value;
        return this;
    }

    /** Sets the random seed; default 1. */
    public TrainingBuilder seed(long value) {
        seed = value;
        return this;
    }

    /** Sets largest accepted share of pictures that cannot be used; default 0.05. */
    public TrainingBuilder maxRejected(double value) {
        maxRejected = value;
        return this;
    }

    /**
     * Sets where the run directory is written, a path or URI that all executors see; a temporary one, deleted after
     * fit, if not set.
     */
    public TrainingBuilder runDir(String value) {
        runDir = value;
        return this;
    }
}
