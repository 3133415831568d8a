package ai.softlabel.ml;

import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/** The defaults of params that an estimator and its model share. */
final class SharedDefaults {
    private SharedDefaults() {}

    static void scoring(HasScoringParams p) {
        set(p, p.featuresCol(), "features");
        set(p, p.predictionCol(), "prediction");
        set(p, p.probabilityCol(), "probability");
        set(p, p.rawPredictionCol(), "rawPrediction");
        set(p, p.handleInvalid(), "error");
        set(p, p.abstainCol(), "abstain");
        set(p, p.predictionSetCol(), "predictionSet");
    }

    static void calibration(HasCalibrationParams p) {
        set(p, p.probabilityCol(), "probability");
        set(p, p.outputCol(), "calibratedProbability");
        set(p, p.predictionCol(), "calibratedPrediction");
    }

    private static void set(Params of, Param<String> param, String value) {
        of.setDefault(param, value);
    }
}
