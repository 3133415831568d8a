package ai.softlabel.ml;

import org.apache.spark.ml.param.Param;

/** The columns of {@link ImageClassifier}. */
abstract class ClassifierColumns extends EstimatorStage<ImageClassificationModel> implements HasScoringParams {
    private static final long serialVersionUID = 1;

    private final Param<String> labelCol =
            new Param<>(this, "labelCol", "column of classes: texts, or whole numbers from 0");
    private final Param<String> weightCol =
            new Param<>(this, "weightCol", "column of weights in the loss, at least 0; all 1 if not set");
    private final Param<String> validationIndicatorCol = new Param<>(
            this,
            "validationIndicatorCol",
            "boolean column: rows with true are not trained on, but used for recalibration and early stopping");
    private final Param<String> nameCol = new Param<>(
            this,
            "nameCol",
            "column of unique names, for the order of rows and for reports; by default the path, or a hash of the picture");

    ClassifierColumns(String uid) {
        super(uid);
        SharedDefaults.scoring(this);
        setDefault(labelCol, "label");
    }

    abstract ImageClassifier self();

    /** The param: column of classes: texts, or whole numbers from 0. */
    public Param<String> labelCol() {
        return labelCol;
    }

    public String getLabelCol() {
        return getOrDefault(labelCol);
    }

    /** Sets column of classes: texts, or whole numbers from 0. */
    public ImageClassifier setLabelCol(String value) {
        set(labelCol, value);
        return self();
    }

    /** The param: column of weights in the loss, at least 0; all 1 if not set. */
    public Param<String> weightCol() {
        return weightCol;
    }

    public String getWeightCol() {
        return getOrDefault(weightCol);
    }

    /** Sets column of weights in the loss, at least 0; all 1 if not set. */
    public ImageClassifier setWeightCol(String value) {
        set(weightCol, value);
        return self();
    }

    /** The param: boolean column: rows with true are not trained on, but used for recalibration and early stopping. */
    public Param<String> validationIndicatorCol() {
        return validationIndicatorCol;
    }

    public String getValidationIndicatorCol() {
        return getOrDefault(validationIndicatorCol);
    }

    /** Sets boolean column: rows with true are not trained on, but used for recalibration and early stopping. */
    public ImageClassifier setValidationIndicatorCol(String value) {
        set(validationIndicatorCol, value);
        return self();
    }

    /**
     * The param: column of unique names, for the order of rows and for reports; by default the path, or a hash of the
     * picture.
     */
    public Param<String> nameCol() {
        return nameCol;
    }

    public String getNameCol() {
        return getOrDefault(nameCol);
    }

    /**
     * Sets column of unique names, for the order of rows and for reports; by default the path, or a hash of the
     * picture.
     */
    public ImageClassifier setNameCol(String value) {
        set(nameCol, value);
        return self();
    }

    /** Sets {@link #featuresCol}. */
    public ImageClassifier setFeaturesCol(String value) {
        set(featuresCol(), value);
        return self();
    }

    /** Sets {@link #predictionCol}. */
    public ImageClassifier setPredictionCol(String value) {
        set(predictionCol(), value);
        return self();
    }

    /** Sets {@link #probabilityCol}. */
    public ImageClassifier setProbabilityCol(String value) {
        set(probabilityCol(), value);
        return self();
    }

    /** Sets {@link #rawPredictionCol}. */
    public ImageClassifier setRawPredictionCol(String value) {
        set(rawPredictionCol(), value);
        return self();
    }

    /** Sets {@link #handleInvalid}. */
    public ImageClassifier setHandleInvalid(String value) {
        set(handleInvalid(), value);
        return self();
    }

    /** Sets {@link #abstainCol}. */
    public ImageClassifier setAbstainCol(String value) {
        set(abstainCol(), value);
        return self();
    }

    /** Sets {@link #predictionSetCol}. */
    public ImageClassifier setPredictionSetCol(String value) {
        set(predictionSetCol(), value);
        return self();
    }

    /** Sets {@link #maxError}. */
    public ImageClassifier setMaxError(double value) {
        set(maxError(), value);
        return self();
    }

    /** Sets {@link #minCoverage}. */
    public ImageClassifier setMinCoverage(double value) {
        set(minCoverage(), value);
        return self();
    }

    /** Sets {@link #coverage}. */
    public ImageClassifier setCoverage(double value) {
        set(coverage(), value);
        return self();
    }
}
