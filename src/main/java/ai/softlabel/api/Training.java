package ai.softlabel.api;

/**
 * Training on the rows of a DataFrame, or on an RDD of pictures.
 *
 * <pre>{@code
 * TrainedRun run = Training.builder().featuresCol("path").labelCol("breed").runDir("hdfs:///runs/one").fit(rows);
 * }</pre>
 *
 * <p>It joins the running Spark application, and leaves its settings and its log level as they are.
 */
public final class Training {
    private Training() {}

    /** A training with the defaults of the command line. */
    public static TrainingBuilder builder() {
        return new TrainingBuilder();
    }
}
