package ai.softlabel.ml;

import org.apache.spark.ml.evaluation.Evaluator;

/** Holds the uid, which params need when they are made. */
abstract class EvaluatorStage extends Evaluator {
    private static final long serialVersionUID = 1;

    private final String uid;

    EvaluatorStage(String uid) {
        this.uid = uid;
    }

    @Override
    public String uid() {
        return uid;
    }
}
