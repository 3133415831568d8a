package ai.softlabel.ml;

import ai.softlabel.calibrate.RecalibrationMethod;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;

/** The params of {@link ProbabilityCalibrator}. */
abstract class CalibratorParams extends EstimatorStage<ProbabilityCalibratorModel> implements HasCalibrationParams {
    private static final long serialVersionUID = 1;

    private static final List<String> METHODS = Arrays.stream(RecalibrationMethod.values())
            .map(RecalibrationMethod::word)
            .toList();
    private final Param<String> labelCol = new Param<>(this, "labelCol", "column of classes, whole numbers from 0");
    private final Param<String> method = new Param<>(
            this,
            "method",
            "the calibration: auto for the one of the least cross-validated NLL, none, temperature, vector, platt, isotonic, temperature-mixed, structured-vector, structured-matrix or beta",
            ParamValidators.inArray(METHODS));

    CalibratorParams(String uid) {
        super(uid);
        SharedDefaults.calibration(this);
        setDefault(labelCol, "label");
        setDefault(method, "auto");
    }

    abstract ProbabilityCalibrator self();

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
     * The param: the calibration: auto for the one of the least cross-validated NLL, none, temperature, vector, platt,
     * isotonic, temperature-mixed, structured-vector, structured-matrix or beta.
     */
    public Param<String> method() {
        return method;
    }

    public String getMethod() {
        return getOrDefault(method);
    }

    /**
     * Sets the calibration: auto for the one of the least cross-validated NLL, none, temperature, vector, platt,
     * isotonic, temperature-mixed, structured-vector, structured-matrix or beta.
     */
    public ProbabilityCalibrator setMethod(String value) {
        set(method, value);
        return self();
    }

    /** Sets {@link #probabilityCol}. */
    public ProbabilityCalibrator setProbabilityCol(String value) {
        set(probabilityCol(), value);
        return self();
    }

    /** Sets {@link #rawPredictionCol}. */
    public ProbabilityCalibrator setRawPredictionCol(String value) {
        set(rawPredictionCol(), value);
        return self();
    }

    /** Sets {@link #outputCol}. */
    public ProbabilityCalibrator setOutputCol(String value) {
        set(outputCol(), value);
        return self();
    }

    /** Sets {@link #predictionCol}. */
    public ProbabilityCalibrator setPredictionCol(String value) {
        set(predictionCol(), value);
        return self();
    }
}
