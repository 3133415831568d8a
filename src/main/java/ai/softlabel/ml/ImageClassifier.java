package ai.softlabel.ml;

import ai.softlabel.api.SoftlabelException;
import ai.softlabel.api.TrainedRun;
import ai.softlabel.api.Training;
import ai.softlabel.api.TrainingBuilder;
import ai.softlabel.files.Directory;
import java.io.IOException;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import scala.Option;

/**
 * Trains an image classifier on the rows of a DataFrame, in the Spark application that is running; its settings and its
 * log level stay as they are. Training needs a free task slot for each replica at once, and neither dynamic allocation
 * nor speculation.
 *
 * <p>{@code featuresCol} holds paths, the content of files (as the source {@code binaryFile} reads them) or the struct
 * of the source {@code image}. Content and images are written to the run directory while training runs. The defaults
 * are those of the command {@code train}; {@code explainParams} lists them.
 */
public final class ImageClassifier extends TrainingParams implements DefaultParamsWritable {
    private static final long serialVersionUID = 1;

    public ImageClassifier() {
        this(Identifiable.randomUID("ImageClassifier"));
    }

    public ImageClassifier(String uid) {
        super(uid);
    }

    @Override
    ImageClassifier self() {
        return this;
    }

    /**
     * Trains a model.
     *
     * @throws IllegalArgumentException if a column is missing or of another type
     * @throws SoftlabelException if pictures, weights or the cluster can't be used, or training fails
     */
    @Override
    public ImageClassificationModel fit(Dataset<?> dataset) {
        transformSchema(dataset.schema());
        SparkSession spark = dataset.sparkSession();
        Configuration configuration = spark.sparkContext().hadoopConfiguration();
        boolean kept = isDefined(runDir());
        String uri = kept ? getRunDir() : temporary(spark, configuration);
        try {
            Directory run = Directory.of("runDir", uri, configuration);
            try {
                TrainedRun trained = builder().runDir(uri).fit(rows(dataset));
                ImageClassificationModel model =
                        new ImageClassificationModel(uid(), ModelFiles.read(run, trained.objectiveHistory()));
                return copyValues(model, ParamMap.empty()).setParent(this);
            } finally {
                if (!kept) {
                    run.delete("");
                }
            }
        } catch (IOException e) {
            throw new SoftlabelException(
                    "expected to write and read the run at " + uri + ", found " + e.getMessage(), e);
        }
    }

    private static Dataset<Row> rows(Dataset<?> dataset) {
        return dataset.toDF();
    }

    /**
     * A folder that all executors see: the driver's own where it is the only executor, else below Spark's checkpoint
     * directory, or on the default file system.
     */
    private static String temporary(SparkSession spark, Configuration configuration) {
        String name = "softlabel-" + UUID.randomUUID();
        if (spark.sparkContext().isLocal()) {
            return java.nio.file.Path.of(System.getProperty("java.io.tmpdir"), name)
                    .toUri()
                    .toString();
        }
        Option<String> shared = spark.sparkContext().getCheckpointDir();
        if (shared.isDefined()) {
            return shared.get() + "/" + name;
        }
        String system = configuration.get("fs.defaultFS", "file:///");
        if (system.startsWith("file:")) {
            throw new IllegalArgumentException(
                    "expected runDir on a file system that all executors see, found none and a local default file system; set runDir, or Spark's checkpoint directory");
        }
        return "/tmp/" + name;
    }

    private TrainingBuilder builder() {
        return Training.builder()
                .featuresCol(getFeaturesCol())
                .labelCol(getLabelCol())
                .weightCol(orNull(weightCol()))
                .validationIndicatorCol(orNull(validationIndicatorCol()))
                .nameCol(orNull(nameCol()))
                .architecture(getArchitecture())
                .weights(orNull(weights()))
                .imageSize(getImageSize())
                .testSize(getTestSize())
                .storeSize(getStoreSize())
                .testFlip(getTestFlip())
                .batchSize(getBatchSize())
                .epochs(getEpochs())
                .frozenEpochs(getFrozenEpochs())
                .headPasses(getHeadPasses())
                .freezeNorm(getFreezeNorm())
                .loss(getLoss())
                .smoothing(getSmoothing())
                .optimizer(getOptimizer())
                .schedule(getSchedule())
                .lr(getLr())
                .headLrFactor(getHeadLrFactor())
                .earlyLrFactor(getEarlyLrFactor())
                .frozenLr(getFrozenLr())
                .weightDecay(getWeightDecay())
                .dropout(getDropout())
                .mixup(getMixup())
                .minScale(getMinScale())
                .validation(getValidation())
                .folds(getFolds())
                .patience(getPatience())
                .keepBest(getKeepBest())
                .recalibrate(getRecalibrate())
                .replicas(getReplicas())
                .seed(getSeed())
                .maxRejected(getMaxRejected());
    }

    private String orNull(Param<String> param) {
        return isDefined(param) && !getOrDefault(param).isEmpty() ? getOrDefault(param) : null;
    }

    @Override
    public StructType transformSchema(StructType schema) {
        return OutputColumns.of(this, null).schema(schema, getFeaturesCol());
    }

    @Override
    public ImageClassifier copy(ParamMap extra) {
        return defaultCopy(extra);
    }

    /** Reads what {@code write} wrote. */
    public static MLReader<ImageClassifier> read() {
        return new DefaultParamsReader<>();
    }

    /** Loads what {@code save} wrote. */
    public static ImageClassifier load(String path) {
        return read().load(path);
    }
}
