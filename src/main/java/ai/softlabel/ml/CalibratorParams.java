package ai.softlabel.ml;

import ai.softlabel.calibrate.RecalibrationMethod;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;

/** The params of {@link ProbabilityCalibrator}. */
abstract class CalibratorParams extends EstimatorStage<ProbabilityCalibratorModel> {
    private static final long serialVersionUID = 1;

    private static final List<String> METHODS = Arrays.stream(RecalibrationMethod.values())
            .map(RecalibrationMethod::word)
            .toList();
    private final Param<String> probabilityCol =
            new Param<>(this, "probabilityCol", "input column of probabilities, a vector with one for each class");
    private final Param<String> rawPredictionCol =
            new Param<>(this, "rawPredictionCol", "input column of logits, taken in place of probabilities if set");
    private final Param<String> outputCol = new Param<>(this, "outputCol", "output column of calibrated probabilities");
    private final Param<String> predictionCol = new Param<>(
            this, "predictionCol", "output column of the class of the largest calibrated probability; empty for none");
    private final Param<String> labelCol = new Param<>(this, "labelCol", "column of classes, whole numbers from 0");
    private final Param<String> method = new Param<>(
            this,
            "method",
            "the calibration: auto for the one of the least cross-validated NLL, none, temperature, vector, platt or isotonic",
            ParamValidators.inArray(METHODS));

    CalibratorParams(String uid) {
        super(uid);
        setDefault(probabilityCol, "probability");
        setDefault(outputCol, "calibratedProbability");
        setDefault(predictionCol, "calibratedPrediction");
        setDefault(labelCol, "label");
        setDefault(method, "auto");
    }

    abstract ProbabilityCalibrator self();

    /** The param: input column of probabilities, a vector with one for each class. */
    public Param<String> probabilityCol() {
        return probabilityCol;
    }

    public String getProbabilityCol() {
        return getOrDefault(probabilityCol);
    }

    /** Sets input column of probabilities, a vector with one for each class. */
    public ProbabilityCalibrator setProbabilityCol(String value) {
        set(probabilityCol, value);
        return self();
    }

    /** The param: input column of logits, taken in place of probabilities if set. */
    public Param<String> rawPredictionCol() {
        return rawPredictionCol;
    }

    public String getRawPredictionCol() {
        return getOrDefault(rawPredictionCol);
    }

    /** Sets input column of logits, taken in place of probabilities if set. */
    public ProbabilityCalibrator setRawPredictionCol(String value) {
        set(rawPredictionCol, value);
        return self();
    }

    /** The param: output column of calibrated probabilities. */
    public Param<String> outputCol() {
        return outputCol;
    }

    public String getOutputCol() {
        return getOrDefault(outputCol);
    }

    /** Sets output column of calibrated probabilities. */
    public ProbabilityCalibrator setOutputCol(String value) {
        set(outputCol, value);
        return self();
    }

    /** The param: output column of the class of the largest calibrated probability; empty for none. */
    public Param<String> predictionCol() {
        return predictionCol;
    }

    public String getPredictionCol() {
        return getOrDefault(predictionCol);
    }

    /** Sets output column of the class of the largest calibrated probability; empty for none. */
    public ProbabilityCalibrator setPredictionCol(String value) {
        set(predictionCol, value);
        return self();
    }

    /** The param: column of classes, whole numbers from 0. */
    public Param<String> labelCol() {
        return labelCol;
    }

    public String getLabelCol() {
        return getOrDefault(labelCol);
    }

    /** Sets column of classes, whole numbers from 0. */
    public ProbabilityCalibrator setLabelCol(String value) {
        set(labelCol, value);
        return self();
    }

    /**
     * The param: the calibration: auto for the one of the least cross-validated NLL, none, temperature, vector, platt
     * or isotonic.
     */
    public Param<String> method() {
        return method;
    }

    public String getMethod() {
        return getOrDefault(method);
    }

    /**
     * Sets the calibration: auto for the one of the least cross-validated NLL, none, temperature, vector, platt or
     * isotonic.
     */
    public ProbabilityCalibrator setMethod(String value) {
        set(method, value);
        return self();
    }
}
