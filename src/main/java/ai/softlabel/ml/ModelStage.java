package ai.softlabel.ml;

import org.apache.spark.ml.Model;

/** Holds the uid, which params need when they are made. */
abstract class ModelStage<M extends Model<M>> extends Model<M> {
    private static final long serialVersionUID = 1;

    private final String uid;

    ModelStage(String uid) {
        this.uid = uid;
    }

    @Override
    public String uid() {
        return uid;
    }
}
