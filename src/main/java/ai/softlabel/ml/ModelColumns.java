package ai.softlabel.ml;

/** The setters of {@link ImageClassificationModel}. */
abstract class ModelColumns extends ModelStage<ImageClassificationModel> implements HasScoringParams {
    private static final long serialVersionUID = 1;

    ModelColumns(String uid) {
        super(uid);
        SharedDefaults.scoring(this);
    }

    abstract ImageClassificationModel self();

    /** Sets {@link #featuresCol}. */
    public ImageClassificationModel setFeaturesCol(String value) {
        set(featuresCol(), value);
        return self();
    }

    /** Sets {@link #predictionCol}. */
    public ImageClassificationModel setPredictionCol(String value) {
        set(predictionCol(), value);
        return self();
    }

    /** Sets {@link #probabilityCol}. */
    public ImageClassificationModel setProbabilityCol(String value) {
        set(probabilityCol(), value);
        return self();
    }

    /** Sets {@link #rawPredictionCol}. */
    public ImageClassificationModel setRawPredictionCol(String value) {
        set(rawPredictionCol(), value);
        return self();
    }

    /** Sets {@link #handleInvalid}. */
    public ImageClassificationModel setHandleInvalid(String value) {
        set(handleInvalid(), value);
        return self();
    }

    /** Sets {@link #abstainCol}. */
    public ImageClassificationModel setAbstainCol(String value) {
        set(abstainCol(), value);
        return self();
    }

    /** Sets {@link #predictionSetCol}. */
    public ImageClassificationModel setPredictionSetCol(String value) {
        set(predictionSetCol(), value);
        return self();
    }

    /** Sets {@link #maxError}. */
    public ImageClassificationModel setMaxError(double value) {
        set(maxError(), value);
        return self();
    }

    /** Sets {@link #minCoverage}. */
    public ImageClassificationModel setMinCoverage(double value) {
        set(minCoverage(), value);
        return self();
    }

    /** Sets {@link #coverage}. */
    public ImageClassificationModel setCoverage(double value) {
        set(coverage(), value);
        return self();
    }
}
