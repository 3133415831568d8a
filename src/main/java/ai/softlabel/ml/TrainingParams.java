package ai.softlabel.ml;

import ai.softlabel.calibrate.RecalibrationMethod;
import ai.softlabel.command.train.EpochChoice;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;

/** The params of {@link ImageClassifier} that say how a training goes and where its run is written. */
abstract class TrainingParams extends OptimizerParams {
    private static final long serialVersionUID = 1;

    private static final List<String> METHODS = Arrays.stream(RecalibrationMethod.values())
            .map(RecalibrationMethod::word)
            .toList();
    private static final List<String> CHOICES =
            Stream.concat(Stream.of("auto"), Arrays.stream(EpochChoice.words())).toList();
    private final DoubleParam validation = new DoubleParam(
            this,
            "validation",
            "share of the rows, of each class alike, held out for recalibration and early stopping, in [0, 1); 0 for none",
            ParamValidators.inRange(0, 1, true, false));
    private final IntParam folds = new IntParam(
            this,
            "folds",
            "folds of cross-fitting for recalibration without rows held out; 0 for none; needs frozenEpochs equal to epochs",
            ParamValidators.gtEq(0));
    private final IntParam patience = new IntParam(
            this,
            "patience",
            "epochs without a better validation NLL after which training stops; 0 for never",
            ParamValidators.gtEq(0));
    private final Param<String> keepBest = new Param<>(
            this,
            "keepBest",
            "the figure of the rows held out whose least value chooses the epoch that is kept: nll, nll-after-temperature (refine, then calibrate), or auto for nll with patience and else the last epoch",
            ParamValidators.inArray(CHOICES));
    private final Param<String> recalibrate = new Param<>(
            this,
            "recalibrate",
            "the recalibration: auto for the one of the least cross-validated NLL, none, temperature, vector, platt, isotonic, temperature-mixed, structured-vector, structured-matrix or beta",
            ParamValidators.inArray(METHODS));
    private final IntParam replicas = new IntParam(
            this,
            "replicas",
            "copies of the network that share each batch; 0 for one per task slot",
            ParamValidators.gtEq(0));
    private final LongParam seed = new LongParam(this, "seed", "the random seed");
    private final DoubleParam maxRejected = new DoubleParam(
            this,
            "maxRejected",
            "largest accepted share of pictures that cannot be used",
            ParamValidators.inRange(0, 1));
    private final Param<String> runDir = new Param<>(
            this,
            "runDir",
            "where the run directory is written, a path or URI that all executors see; a temporary one, deleted after fit, if not set");

    TrainingParams(String uid) {
        super(uid);
        setDefault(validation, 0.0);
        setDefault(folds, 0);
        setDefault(patience, 0);
        setDefault(keepBest, "auto");
        setDefault(recalibrate, "auto");
        setDefault(replicas, 0);
        setDefault(seed, 1L);
        setDefault(maxRejected, 0.05);
    }

    /**
     * The param: share of the rows, of each class alike, held out for recalibration and early stopping, in [0, 1); 0
     * for none.
     */
    public DoubleParam validation() {
        return validation;
    }

    public double getValidation() {
        return (Double) getOrDefault(validation);
    }

    /**
     * Sets share of the rows, of each class alike, held out for recalibration and early stopping, in [0, 1); 0 for
     * none.
     */
    public ImageClassifier setValidation(double value) {
        set(validation, value);
        return self();
    }

    /**
     * The param: folds of cross-fitting for recalibration without rows held out; 0 for none; needs frozenEpochs equal
     * to epochs.
     */
    public IntParam folds() {
        return folds;
    }

    public int getFolds() {
        return (Integer) getOrDefault(folds);
    }

    /**
     * Sets folds of cross-fitting for recalibration without rows held out; 0 for none; needs frozenEpochs equal to
     * epochs.
     */
    public ImageClassifier setFolds(int value) {
        set(folds, value);
        return self();
    }

    /** The param: epochs without a better validation NLL after which training stops; 0 for never. */
    public IntParam patience() {
        return patience;
    }

    public int getPatience() {
        return (Integer) getOrDefault(patience);
    }

    /** Sets epochs without a better validation NLL after which training stops; 0 for never. */
    public ImageClassifier setPatience(int value) {
        set(patience, value);
        return self();
    }

    /**
     * The param: the figure of the rows held out whose least value chooses the epoch that is kept: nll,
     * nll-after-temperature (refine, then calibrate), or auto for nll with patience and else the last epoch.
     */
    public Param<String> keepBest() {
        return keepBest;
    }

    public String getKeepBest() {
        return getOrDefault(keepBest);
    }

    /**
     * Sets the figure of the rows held out whose least value chooses the epoch that is kept: nll, nll-after-temperature
     * (refine, then calibrate), or auto for nll with patience and else the last epoch.
     */
    public ImageClassifier setKeepBest(String value) {
        set(keepBest, value);
        return self();
    }

    /**
     * The param: the recalibration: auto for the one of the least cross-validated NLL, none, temperature, vector,
     * platt, isotonic, temperature-mixed, structured-vector, structured-matrix or beta.
     */
    public Param<String> recalibrate() {
        return recalibrate;
    }

    public String getRecalibrate() {
        return getOrDefault(recalibrate);
    }

    /**
     * Sets the recalibration: auto for the one of the least cross-validated NLL, none, temperature, vector, platt,
     * isotonic, temperature-mixed, structured-vector, structured-matrix or beta.
     */
    public ImageClassifier setRecalibrate(String value) {
        set(recalibrate, value);
        return self();
    }

    /** The param: copies of the network that share each batch; 0 for one per task slot. */
    public IntParam replicas() {
        return replicas;
    }

    public int getReplicas() {
        return (Integer) getOrDefault(replicas);
    }

    /** Sets copies of the network that share each batch; 0 for one per task slot. */
    public ImageClassifier setReplicas(int value) {
        set(replicas, value);
        return self();
    }

    /** The param: the random seed. */
    public LongParam seed() {
        return seed;
    }

    public long getSeed() {
        return (Long) getOrDefault(seed);
    }

    /** Sets the random seed. */
    public ImageClassifier setSeed(long value) {
        set(seed, value);
        return self();
    }

    /** The param: largest accepted share of pictures that cannot be used. */
    public DoubleParam maxRejected() {
        return maxRejected;
    }

    public double getMaxRejected() {
        return (Double) getOrDefault(maxRejected);
    }

    /** Sets largest accepted share of pictures that cannot be used. */
    public ImageClassifier setMaxRejected(double value) {
        set(maxRejected, value);
        return self();
    }

    /**
     * The param: where the run directory is written, a path or URI that all executors see; a temporary one, deleted
     * after fit, if not set.
     */
    public Param<String> runDir() {
        return runDir;
    }

    public String getRunDir() {
        return getOrDefault(runDir);
    }

    /**
     * Sets where the run directory is written, a path or URI that all executors see; a temporary one, deleted after
     * fit, if not set.
     */
    public ImageClassifier setRunDir(String value) {
        set(runDir, value);
        return self();
    }
}
