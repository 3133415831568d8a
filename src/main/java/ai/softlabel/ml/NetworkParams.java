package ai.softlabel.ml;

import ai.softlabel.network.Architectures;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;

/** The params of {@link ImageClassifier} that say what is trained. */
abstract class NetworkParams extends ClassifierColumns {
    private static final long serialVersionUID = 1;

    private final Param<String> architecture = new Param<>(
            this,
            "architecture",
            "the network: resnet18, resnet34, resnet50, resnet101, resnet152, or another that softlabel --help lists",
            ParamValidators.inArray(Architectures.names()));
    private final Param<String> weights = new Param<>(
            this,
            "weights",
            "path or URI of pretrained weights, a safetensors file with the names of torchvision; from scratch if not set");
    private final IntParam imageSize = new IntParam(
            this,
            "imageSize",
            "side of the training pictures in pixels, from 64 to 512",
            ParamValidators.inRange(64, 512));
    private final IntParam testSize = new IntParam(
            this,
            "testSize",
            "side of the pictures for scoring, at least imageSize; 0 for imageSize",
            ParamValidators.inRange(0, 512));
    private final IntParam storeSize = new IntParam(
            this,
            "storeSize",
            "short side at which training pictures are stored, from which random crops are cut, from imageSize to 1024; 0 for that of scoring",
            ParamValidators.inRange(0, 1024));
    private final BooleanParam testFlip =
            new BooleanParam(this, "testFlip", "whether scores are averaged over each picture and its mirror image");
    private final IntParam batchSize =
            new IntParam(this, "batchSize", "pictures per step, over all replicas", ParamValidators.gtEq(1));
    private final IntParam epochs = new IntParam(this, "epochs", "number of epochs", ParamValidators.gtEq(1));
    private final IntParam frozenEpochs =
            new IntParam(this, "frozenEpochs", "epochs at the start that train only the head", ParamValidators.gtEq(0));
    private final IntParam headPasses = new IntParam(
            this, "headPasses", "passes over the cached features in each frozen epoch", ParamValidators.gtEq(1));
    private final BooleanParam freezeNorm =
            new BooleanParam(this, "freezeNorm", "whether BatchNorm keeps its pretrained statistics; needs weights");
    private final Param<String> loss =
            new Param<>(this, "loss", "the loss as NAME or NAME:parameter=value, for example max-sup:alpha=0.1");
    private final DoubleParam smoothing = new DoubleParam(
            this,
            "smoothing",
            "strength of label smoothing in [0, 1); 0 is plain cross-entropy",
            ParamValidators.inRange(0, 1, true, false));

    NetworkParams(String uid) {
        super(uid);
        setDefault(architecture, "resnet18");
        setDefault(imageSize, 128);
        setDefault(testSize, 0);
        setDefault(storeSize, 0);
        setDefault(testFlip, false);
        setDefault(batchSize, 32);
        setDefault(epochs, 4);
        setDefault(frozenEpochs, 0);
        setDefault(headPasses, 1);
        setDefault(freezeNorm, false);
        setDefault(loss, "label-smoothing");
        setDefault(smoothing, 0.1);
    }

    /**
     * The param: the network: resnet18, resnet34, resnet50, resnet101, resnet152, or another that softlabel --help
     * lists.
     */
    public Param<String> architecture() {
        return architecture;
    }

    public String getArchitecture() {
        return getOrDefault(architecture);
    }

    /** Sets the network: resnet18, resnet34, resnet50, resnet101, resnet152, or another that softlabel --help lists. */
    public ImageClassifier setArchitecture(String value) {
        set(architecture, value);
        return self();
    }

    /**
     * The param: path or URI of pretrained weights, a safetensors file with the names of torchvision; from scratch if
     * not set.
     */
    public Param<String> weights() {
        return weights;
    }

    public String getWeights() {
        return getOrDefault(weights);
    }

    /**
     * Sets path or URI of pretrained weights, a safetensors file with the names of torchvision; from scratch if not
     * set.
     */
    public ImageClassifier setWeights(String value) {
        set(weights, value);
        return self();
    }

    /** The param: side of the training pictures in pixels, from 64 to 512. */
    public IntParam imageSize() {
        return imageSize;
    }

    public int getImageSize() {
        return (Integer) getOrDefault(imageSize);
    }

    /** Sets side of the training pictures in pixels, from 64 to 512. */
    public ImageClassifier setImageSize(int value) {
        set(imageSize, value);
        return self();
    }

    /** The param: side of the pictures for scoring, at least imageSize; 0 for imageSize. */
    public IntParam testSize() {
        return testSize;
    }

    public int getTestSize() {
        return (Integer) getOrDefault(testSize);
    }

    /** Sets side of the pictures for scoring, at least imageSize; 0 for imageSize. */
    public ImageClassifier setTestSize(int value) {
        set(testSize, value);
        return self();
    }

    /**
     * The param: short side at which training pictures are stored, from which random crops are cut, from imageSize to
     * 1024; 0 for that of scoring.
     */
    public IntParam storeSize() {
        return storeSize;
    }

    public int getStoreSize() {
        return (Integer) getOrDefault(storeSize);
    }

    /**
     * Sets short side at which training pictures are stored, from which random crops are cut, from imageSize to 1024; 0
     * for that of scoring.
     */
    public ImageClassifier setStoreSize(int value) {
        set(storeSize, value);
        return self();
    }

    /** The param: whether scores are averaged over each picture and its mirror image. */
    public BooleanParam testFlip() {
        return testFlip;
    }

    public boolean getTestFlip() {
        return (Boolean) getOrDefault(testFlip);
    }

    /** Sets whether scores are averaged over each picture and its mirror image. */
    public ImageClassifier setTestFlip(boolean value) {
        set(testFlip, value);
        return self();
    }

    /** The param: pictures per step, over all replicas. */
    public IntParam batchSize() {
        return batchSize;
    }

    public int getBatchSize() {
        return (Integer) getOrDefault(batchSize);
    }

    /** Sets pictures per step, over all replicas. */
    public ImageClassifier setBatchSize(int value) {
        set(batchSize, value);
        return self();
    }

    /** The param: number of epochs. */
    public IntParam epochs() {
        return epochs;
    }

    public int getEpochs() {
        return (Integer) getOrDefault(epochs);
    }

    /** Sets number of epochs. */
    public ImageClassifier setEpochs(int value) {
        set(epochs, value);
        return self();
    }

    /** The param: epochs at the start that train only the head. */
    public IntParam frozenEpochs() {
        return frozenEpochs;
    }

    public int getFrozenEpochs() {
        return (Integer) getOrDefault(frozenEpochs);
    }

    /** Sets epochs at the start that train only the head. */
    public ImageClassifier setFrozenEpochs(int value) {
        set(frozenEpochs, value);
        return self();
    }

    /** The param: passes over the cached features in each frozen epoch. */
    public IntParam headPasses() {
        return headPasses;
    }

    public int getHeadPasses() {
        return (Integer) getOrDefault(headPasses);
    }

    /** Sets passes over the cached features in each frozen epoch. */
    public ImageClassifier setHeadPasses(int value) {
        set(headPasses, value);
        return self();
    }

    /** The param: whether BatchNorm keeps its pretrained statistics; needs weights. */
    public BooleanParam freezeNorm() {
        return freezeNorm;
    }

    public boolean getFreezeNorm() {
        return (Boolean) getOrDefault(freezeNorm);
    }

    /** Sets whether BatchNorm keeps its pretrained statistics; needs weights. */
    public ImageClassifier setFreezeNorm(boolean value) {
        set(freezeNorm, value);
        return self();
    }

    /** The param: the loss as NAME or NAME:parameter=value, for example max-sup:alpha=0.1. */
    public Param<String> loss() {
        return loss;
    }

    public String getLoss() {
        return getOrDefault(loss);
    }

    /** Sets the loss as NAME or NAME:parameter=value, for example max-sup:alpha=0.1. */
    public ImageClassifier setLoss(String value) {
        set(loss, value);
        return self();
    }

    /** The param: strength of label smoothing in [0, 1); 0 is plain cross-entropy. */
    public DoubleParam smoothing() {
        return smoothing;
    }

    public double getSmoothing() {
        return (Double) getOrDefault(smoothing);
    }

    /** Sets strength of label smoothing in [0, 1); 0 is plain cross-entropy. */
    public ImageClassifier setSmoothing(double value) {
        set(smoothing, value);
        return self();
    }
}
