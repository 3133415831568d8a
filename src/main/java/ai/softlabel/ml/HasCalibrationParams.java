package ai.softlabel.ml;

import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/** The params that {@link ProbabilityCalibrator} and {@link ProbabilityCalibratorModel} share: their columns. */
public interface HasCalibrationParams extends Params {
    /** The param: input column of probabilities, a vector with one for each class. */
    default Param<String> probabilityCol() {
        return new Param<>(this, "probabilityCol", "input column of probabilities, a vector with one for each class");
    }

    default String getProbabilityCol() {
        return getOrDefault(probabilityCol());
    }

    /** The param: input column of logits, taken in place of probabilities if set. */
    default Param<String> rawPredictionCol() {
        return new Param<>(this, "rawPredictionCol", "input column of logits, taken in place of probabilities if set");
    }

    default String getRawPredictionCol() {
        return getOrDefault(rawPredictionCol());
    }

    /** The param: output column of calibrated probabilities. */
    default Param<String> outputCol() {
        return new Param<>(this, "outputCol", "output column of calibrated probabilities");
    }

    default String getOutputCol() {
        return getOrDefault(outputCol());
    }

    /** The param: output column of the class of the largest calibrated probability; empty for none. */
    default Param<String> predictionCol() {
        return new Param<>(
                this,
                "predictionCol",
                "output column of the class of the largest calibrated probability; empty for none");
    }

    default String getPredictionCol() {
        return getOrDefault(predictionCol());
    }
}
