package ai.softlabel.ml;

import org.apache.spark.ml.Estimator;

/** Holds the uid, which params need when they are made. */
abstract class ClassifierStage extends Estimator<ImageClassificationModel> {
    private static final long serialVersionUID = 1;

    private final String uid;

    ClassifierStage(String uid) {
        this.uid = uid;
    }

    @Override
    public String uid() {
        return uid;
    }
}
