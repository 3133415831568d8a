package ai.softlabel.ml;

import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.Model;

/** Holds the uid, which params need when they are made. */
abstract class EstimatorStage<M extends Model<M>> extends Estimator<M> {
    private static final long serialVersionUID = 1;

    private final String uid;

    EstimatorStage(String uid) {
        this.uid = uid;
    }

    @Override
    public String uid() {
        return uid;
    }
}
