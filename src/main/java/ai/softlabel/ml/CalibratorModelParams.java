package ai.softlabel.ml;

import org.apache.spark.ml.param.Param;

/** The params of {@link ProbabilityCalibratorModel}. */
abstract class CalibratorModelParams extends ModelStage<ProbabilityCalibratorModel> {
    private static final long serialVersionUID = 1;

    private final Param<String> probabilityCol =
            new Param<>(this, "probabilityCol", "input column of probabilities, a vector with one for each class");
    private final Param<String> rawPredictionCol =
            new Param<>(this, "rawPredictionCol", "input column of logits, taken in place of probabilities if set");
    private final Param<String> outputCol = new Param<>(this, "outputCol", "output column of calibrated probabilities");
    private final Param<String> predictionCol = new Param<>(
            this, "predictionCol", "output column of the class of the largest calibrated probability; empty for none");

    CalibratorModelParams(String uid) {
        super(uid);
        setDefault(probabilityCol, "probability");
        setDefault(outputCol, "calibratedProbability");
        setDefault(predictionCol, "calibratedPrediction");
    }

    abstract ProbabilityCalibratorModel self();

    /** The param: input column of probabilities, a vector with one for each class. */
    public Param<String> probabilityCol() {
        return probabilityCol;
    }

    public String getProbabilityCol() {
        return getOrDefault(probabilityCol);
    }

    /** Sets input column of probabilities, a vector with one for each class. */
    public ProbabilityCalibratorModel setProbabilityCol(String value) {
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
    public ProbabilityCalibratorModel setRawPredictionCol(String value) {
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
    public ProbabilityCalibratorModel setOutputCol(String value) {
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
    public ProbabilityCalibratorModel setPredictionCol(String value) {
        set(predictionCol, value);
        return self();
    }
}
