package ai.softlabel.ml;

import java.util.List;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;

/** The columns of {@link ImageClassifier}. */
abstract class ClassifierColumns extends EstimatorStage<ImageClassificationModel> {
    private static final long serialVersionUID = 1;

    private static final List<String> INVALID = List.of("error", "skip", "keep");

    private final Param<String> featuresCol = new Param<>(
            this,
            "featuresCol",
            "column of pictures: paths (string), files (binary) or the struct of the image source");
    private final Param<String> labelCol =
            new Param<>(this, "labelCol", "column of classes: texts, or whole numbers from 0");
    private final Param<String> predictionCol =
            new Param<>(this, "predictionCol", "output column of the most probable class, from 0; empty for none");
    private final Param<String> probabilityCol = new Param<>(
            this,
            "probabilityCol",
            "output column of recalibrated probabilities, a vector with one for each class; empty for none");
    private final Param<String> rawPredictionCol = new Param<>(
            this, "rawPredictionCol", "output column of logits, a vector with one for each class; empty for none");
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
    private final Param<String> handleInvalid = new Param<>(
            this,
            "handleInvalid",
            "what transform does with a picture that cannot be used: error, skip the row, or keep it with null",
            ParamValidators.inArray(INVALID));

    ClassifierColumns(String uid) {
        super(uid);
        setDefault(featuresCol, "features");
        setDefault(labelCol, "label");
        setDefault(predictionCol, "prediction");
        setDefault(probabilityCol, "probability");
        setDefault(rawPredictionCol, "rawPrediction");
        setDefault(handleInvalid, "error");
    }

    abstract ImageClassifier self();

    /** The param: column of pictures: paths (string), files (binary) or the struct of the image source. */
    public Param<String> featuresCol() {
        return featuresCol;
    }

    public String getFeaturesCol() {
        return getOrDefault(featuresCol);
    }

    /** Sets column of pictures: paths (string), files (binary) or the struct of the image source. */
    public ImageClassifier setFeaturesCol(String value) {
        set(featuresCol, value);
        return self();
    }

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

    /** The param: output column of the most probable class, from 0; empty for none. */
    public Param<String> predictionCol() {
        return predictionCol;
    }

    public String getPredictionCol() {
        return getOrDefault(predictionCol);
    }

    /** Sets output column of the most probable class, from 0; empty for none. */
    public ImageClassifier setPredictionCol(String value) {
        set(predictionCol, value);
        return self();
    }

    /** The param: output column of recalibrated probabilities, a vector with one for each class; empty for none. */
    public Param<String> probabilityCol() {
        return probabilityCol;
    }

    public String getProbabilityCol() {
        return getOrDefault(probabilityCol);
    }

    /** Sets output column of recalibrated probabilities, a vector with one for each class; empty for none. */
    public ImageClassifier setProbabilityCol(String value) {
        set(probabilityCol, value);
        return self();
    }

    /** The param: output column of logits, a vector with one for each class; empty for none. */
    public Param<String> rawPredictionCol() {
        return rawPredictionCol;
    }

    public String getRawPredictionCol() {
        return getOrDefault(rawPredictionCol);
    }

    /** Sets output column of logits, a vector with one for each class; empty for none. */
    public ImageClassifier setRawPredictionCol(String value) {
        set(rawPredictionCol, value);
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

    /** The param: what transform does with a picture that cannot be used: error, skip the row, or keep it with null. */
    public Param<String> handleInvalid() {
        return handleInvalid;
    }

    public String getHandleInvalid() {
        return getOrDefault(handleInvalid);
    }

    /** Sets what transform does with a picture that cannot be used: error, skip the row, or keep it with null. */
    public ImageClassifier setHandleInvalid(String value) {
        set(handleInvalid, value);
        return self();
    }
}
