package ai.softlabel.ml;

import ai.softlabel.JobException;
import ai.softlabel.api.SoftlabelException;
import ai.softlabel.command.predict.Answers;
import ai.softlabel.command.predict.PredictSettings.Limits;
import ai.softlabel.files.Directory;
import ai.softlabel.network.ModelState;
import ai.softlabel.rows.PictureColumn;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWriter$;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Classifies the pictures of a DataFrame: logits, recalibrated probabilities and the most probable class, equal to
 * those of the command {@code predict} with the same run, to the bit. A task holds one batch of rows; a DataFrame may
 * be a stream.
 */
public final class ImageClassificationModel extends ModelColumns implements MLWritable {
    private static final long serialVersionUID = 1;
    /** Below a saved model: a run directory, which {@code Classifier.load} and {@code predict} take as well. */
    private static final String RUN = "run";

    private transient ModelFiles files;
    private transient Broadcast<ModelState> sent;

    /** Without a model; {@link #load} gives one. */
    public ImageClassificationModel() {
        this(Identifiable.randomUID("ImageClassificationModel"));
    }

    /** Without a model; {@link #load} gives one. */
    public ImageClassificationModel(String uid) {
        super(uid);
    }

    ImageClassificationModel(String uid, ModelFiles files) {
        super(uid);
        this.files = files;
    }

    @Override
    ImageClassificationModel self() {
        return this;
    }

    /**
     * The model of a run of the command {@code train}, or of a {@code runDir}.
     *
     * @param uri a path, or a URI of any Hadoop file system
     * @throws SoftlabelException if there is no finished run
     */
    public static ImageClassificationModel fromRun(String uri) {
        Configuration configuration = SparkSession.active().sparkContext().hadoopConfiguration();
        return new ImageClassificationModel(
                Identifiable.randomUID("ImageClassificationModel"), read(uri, configuration));
    }

    private static ModelFiles read(String uri, Configuration configuration) {
        try {
            return ModelFiles.read(Directory.of("model", uri, configuration));
        } catch (JobException e) {
            throw SoftlabelException.of(e);
        } catch (IOException e) {
            throw new SoftlabelException("expected to read a model at " + uri + ", found " + e.getMessage(), e);
        }
    }

    private ModelFiles files() {
        if (files == null) {
            throw new IllegalStateException(
                    "expected a model that was trained or loaded, found an empty one; use load");
        }
        return files;
    }

    /** The classes' names, by label. */
    public String[] labels() {
        return files().trained().card().classes().toArray(String[]::new);
    }

    public int numClasses() {
        return files().trained().card().classes().size();
    }

    /**
     * The recalibration: none, temperature, vector, platt, isotonic, temperature-mixed, structured-vector,
     * structured-matrix or beta.
     */
    public String calibration() {
        return files().trained().calibrator().method();
    }

    public boolean hasSummary() {
        return files().report() != null;
    }

    /**
     * What training said.
     *
     * @throws IllegalStateException if the model has none
     */
    public ImageClassificationSummary summary() {
        if (!hasSummary()) {
            throw new IllegalStateException("expected a model with a summary, found one without");
        }
        return new ImageClassificationSummary(files().objectiveHistory(), files().report());
    }

    /**
     * Scores pictures.
     *
     * @throws IllegalArgumentException if the column of pictures is missing or of another type, or an output column is
     *     there already
     * @throws SoftlabelException if {@code maxError}, {@code minCoverage} or {@code coverage} is set, and the model has
     *     no thresholds or prediction sets, or no threshold that holds the error
     */
    @Override
    public Dataset<Row> transform(Dataset<?> dataset) {
        StructType in = dataset.schema();
        StructType out = transformSchema(in);
        ModelFiles model = files();
        SparkSession spark = dataset.sparkSession();
        Answers answers = answers();
        int cpus = spark.sparkContext().getConf().getInt("spark.task.cpus", 1);
        RowScorer scorer = new RowScorer(
                PictureColumn.of(in, getFeaturesCol()),
                in.fieldIndex(getFeaturesCol()),
                getHandleInvalid(),
                model.trained().predictor(cpus),
                sent(spark),
                model.trained().calibrator(),
                answers == null
                        ? null
                        : JavaSparkContext.fromSparkContext(spark.sparkContext())
                                .broadcast(answers),
                columns(),
                new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()));
        Dataset<Row> scored = dataset.toDF().mapPartitions(scorer, Encoders.row(out));
        // Typed operations drop the columns' metadata.
        Column[] described = new Column[out.size()];
        for (int i = 0; i < described.length; i++) {
            StructField f = out.apply(i);
            described[i] = scored.col("`" + f.name().replace("`", "``") + "`").as(f.name(), f.metadata());
        }
        return scored.select(described);
    }

    private synchronized Broadcast<ModelState> sent(SparkSession spark) {
        if (sent == null || !sent.isValid()) {
            sent = JavaSparkContext.fromSparkContext(spark.sparkContext())
                    .broadcast(files().trained().state());
        }
        return sent;
    }

    /** What is said beside probabilities, or null where no limit is set. */
    private Answers answers() {
        try {
            Limits limits = new Limits(orNull(maxError()), orNull(minCoverage()), orNull(coverage()));
            return limits.equals(Limits.NONE)
                    ? null
                    : Answers.of(files().trained().calibration(), limits);
        } catch (JobException e) {
            throw SoftlabelException.of(e);
        }
    }

    private Double orNull(DoubleParam param) {
        return isDefined(param) ? (Double) getOrDefault(param) : null;
    }

    private OutputColumns columns() {
        return OutputColumns.of(
                this, files == null ? null : files.trained().card().classes());
    }

    @Override
    public StructType transformSchema(StructType schema) {
        return columns().schema(schema, getFeaturesCol());
    }

    @Override
    public ImageClassificationModel copy(ParamMap extra) {
        ImageClassificationModel copied = new ImageClassificationModel(uid(), files);
        return copyValues(copied, extra).setParent(parent());
    }

    @Override
    public MLWriter write() {
        ModelFiles written = files();
        ImageClassificationModel self = this;
        return new MLWriter() {
            @Override
            public void saveImpl(String path) {
                DefaultParamsWriter$.MODULE$.saveMetadata(self, path, sparkSession());
                try {
                    written.write(Directory.of(
                            "model",
                            path + "/" + RUN,
                            sparkSession().sparkContext().hadoopConfiguration()));
                } catch (IOException e) {
                    throw new SoftlabelException(
                            "expected to write the model to " + path + ", found " + e.getMessage(), e);
                }
            }
        };
    }

    /** Reads what {@link #write} wrote. */
    public static MLReader<ImageClassificationModel> read() {
        return new MLReader<>() {
            @Override
            public ImageClassificationModel load(String path) {
                ImageClassificationModel model = new DefaultParamsReader<ImageClassificationModel>().load(path);
                model.files =
                        read(path + "/" + RUN, sparkSession().sparkContext().hadoopConfiguration());
                return model;
            }
        };
    }

    /** Loads what {@code save} wrote. */
    public static ImageClassificationModel load(String path) {
        return read().load(path);
    }
}
