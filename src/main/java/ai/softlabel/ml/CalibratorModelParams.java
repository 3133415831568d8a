package ai.softlabel.ml;

/** The setters of {@link ProbabilityCalibratorModel}. */
abstract class CalibratorModelParams extends ModelStage<ProbabilityCalibratorModel> implements HasCalibrationParams {
    private static final long serialVersionUID = 1;

    CalibratorModelParams(String uid) {
        super(uid);
        SharedDefaults.calibration(this);
    }

    abstract ProbabilityCalibratorModel self();

    /** Sets {@link #probabilityCol}. */
    public ProbabilityCalibratorModel setProbabilityCol(String value) {
        set(probabilityCol(), value);
        return self();
    }

    /** Sets {@link #rawPredictionCol}. */
    public ProbabilityCalibratorModel setRawPredictionCol(String value) {
        set(rawPredictionCol(), value);
        return self();
    }

    /** Sets {@link #outputCol}. */
    public ProbabilityCalibratorModel setOutputCol(String value) {
        set(outputCol(), value);
        return self();
    }

    /** Sets {@link #predictionCol}. */
    public ProbabilityCalibratorModel setPredictionCol(String value) {
        set(predictionCol(), value);
        return self();
    }
}
