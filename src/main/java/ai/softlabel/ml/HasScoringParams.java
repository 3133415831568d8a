package ai.softlabel.ml;

import java.util.List;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.Params;

/** The params that {@link ImageClassifier} and {@link ImageClassificationModel} share: how pictures are scored. */
public interface HasScoringParams extends Params {
    /** The param: column of pictures: paths (string), files (binary) or the struct of the image source. */
    default Param<String> featuresCol() {
        return new Param<>(
                this,
                "featuresCol",
                "column of pictures: paths (string), files (binary) or the struct of the image source");
    }

    default String getFeaturesCol() {
        return getOrDefault(featuresCol());
    }

    /** The param: output column of the most probable class, from 0; empty for none. */
    default Param<String> predictionCol() {
        return new Param<>(this, "predictionCol", "output column of the most probable class, from 0; empty for none");
    }

    default String getPredictionCol() {
        return getOrDefault(predictionCol());
    }

    /** The param: output column of recalibrated probabilities, a vector with one for each class; empty for none. */
    default Param<String> probabilityCol() {
        return new Param<>(
                this,
                "probabilityCol",
                "output column of recalibrated probabilities, a vector with one for each class; empty for none");
    }

    default String getProbabilityCol() {
        return getOrDefault(probabilityCol());
    }

    /** The param: output column of logits, a vector with one for each class; empty for none. */
    default Param<String> rawPredictionCol() {
        return new Param<>(
                this, "rawPredictionCol", "output column of logits, a vector with one for each class; empty for none");
    }

    default String getRawPredictionCol() {
        return getOrDefault(rawPredictionCol());
    }

    /** The param: what transform does with a picture that cannot be used: error, skip the row, or keep it with null. */
    default Param<String> handleInvalid() {
        return new Param<>(
                this,
                "handleInvalid",
                "what transform does with a picture that cannot be used: error, skip the row, or keep it with null",
                ParamValidators.inArray(List.of("error", "skip", "keep")));
    }

    default String getHandleInvalid() {
        return getOrDefault(handleInvalid());
    }

    /** The param: output column of whether the model abstains, written where maxError or minCoverage is set. */
    default Param<String> abstainCol() {
        return new Param<>(
                this,
                "abstainCol",
                "output column of whether the model abstains (boolean), written where maxError or minCoverage is set");
    }

    default String getAbstainCol() {
        return getOrDefault(abstainCol());
    }

    /** The param: output column of prediction sets, arrays of class names, written where coverage is set. */
    default Param<String> predictionSetCol() {
        return new Param<>(
                this,
                "predictionSetCol",
                "output column of prediction sets, arrays of class names, written where coverage is set");
    }

    default String getPredictionSetCol() {
        return getOrDefault(predictionSetCol());
    }

    /** The param: largest error among the pictures that are answered, in (0, 1). */
    default DoubleParam maxError() {
        return new DoubleParam(
                this,
                "maxError",
                "largest error among the pictures that are answered, in (0, 1); the model abstains from the others",
                ParamValidators.inRange(0, 1, false, false));
    }

    default double getMaxError() {
        return (Double) getOrDefault(maxError());
    }

    /** The param: least share of the pictures that is answered, in (0, 1). */
    default DoubleParam minCoverage() {
        return new DoubleParam(
                this,
                "minCoverage",
                "least share of the pictures that is answered, in (0, 1); the model abstains from the others",
                ParamValidators.inRange(0, 1, false, false));
    }

    default double getMinCoverage() {
        return (Double) getOrDefault(minCoverage());
    }

    /** The param: probability with which a prediction set holds the label, in (0, 1). */
    default DoubleParam coverage() {
        return new DoubleParam(
                this,
                "coverage",
                "probability with which a prediction set holds the label, in (0, 1)",
                ParamValidators.inRange(0, 1, false, false));
    }

    default double getCoverage() {
        return (Double) getOrDefault(coverage());
    }
}
