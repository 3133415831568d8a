package ai.softlabel.ml;

import java.util.List;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;

/** The columns of {@link ImageClassificationModel}. */
abstract class ModelColumns extends ModelStage<ImageClassificationModel> {
    private static final long serialVersionUID = 1;

    private static final List<String> INVALID = List.of("error", "skip", "keep");

    private final Param<String> featuresCol = new Param<>(
            this,
            "featuresCol",
            "column of pictures: paths (string), files (binary) or the struct of the image source");
    private final Param<String> predictionCol =
            new Param<>(this, "predictionCol", "output column of the most probable class, from 0; empty for none");
    private final Param<String> probabilityCol = new Param<>(
            this,
            "probabilityCol",
            "output column of recalibrated probabilities, a vector with one for each class; empty for none");
    private final Param<String> rawPredictionCol = new Param<>(
            this, "rawPredictionCol", "output column of logits, a vector with one for each class; empty for none");
    private final Param<String> handleInvalid = new Param<>(
            this,
            "handleInvalid",
            "what transform does with a picture that cannot be used: error, skip the row, or keep it with null",
            ParamValidators.inArray(INVALID));

    ModelColumns(String uid) {
        super(uid);
        setDefault(featuresCol, "features");
        setDefault(predictionCol, "prediction");
        setDefault(probabilityCol, "probability");
        setDefault(rawPredictionCol, "rawPrediction");
        setDefault(handleInvalid, "error");
    }

    abstract ImageClassificationModel self();

    /** The param: column of pictures: paths (string), files (binary) or the struct of the image source. */
    public Param<String> featuresCol() {
        return featuresCol;
    }

    public String getFeaturesCol() {
        return getOrDefault(featuresCol);
    }

    /** Sets column of pictures: paths (string), files (binary) or the struct of the image source. */
    public ImageClassificationModel setFeaturesCol(String value) {
        set(featuresCol, value);
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
    public ImageClassificationModel setPredictionCol(String value) {
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
    public ImageClassificationModel setProbabilityCol(String value) {
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
    public ImageClassificationModel setRawPredictionCol(String value) {
        set(rawPredictionCol, value);
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
    public ImageClassificationModel setHandleInvalid(String value) {
        set(handleInvalid, value);
        return self();
    }
}
