package ai.softlabel.ml;

import ai.softlabel.api.SoftlabelException;
import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.files.Directory;
import ai.softlabel.run.CalibrationFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWriter$;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Maps the probabilities or logits of a classifier to calibrated probabilities. */
public final class ProbabilityCalibratorModel extends CalibratorModelParams implements MLWritable {
    private static final long serialVersionUID = 1;
    private static final String MAP = "calibrator";
    private static final String CLASSES = "classes";

    private Calibrator calibrator;
    private int classes;

    /** Without a map; {@link #load} gives one. */
    public ProbabilityCalibratorModel() {
        this(Identifiable.randomUID("ProbabilityCalibratorModel"));
    }

    /** Without a map; {@link #load} gives one. */
    public ProbabilityCalibratorModel(String uid) {
        super(uid);
    }

    ProbabilityCalibratorModel(String uid, Calibrator calibrator, int classes) {
        super(uid);
        this.calibrator = calibrator;
        this.classes = classes;
    }

    @Override
    ProbabilityCalibratorModel self() {
        return this;
    }

    private Calibrator calibrator() {
        if (calibrator == null) {
            throw new IllegalStateException("expected a model that was fitted or loaded, found an empty one; use load");
        }
        return calibrator;
    }

    /**
     * The method that was fitted or chosen: none, temperature, vector, platt, isotonic, temperature-mixed,
     * structured-vector, structured-matrix or beta.
     */
    public String calibration() {
        return calibrator().method();
    }

    public int numClasses() {
        return classes;
    }

    @Override
    public Dataset<Row> transform(Dataset<?> dataset) {
        transformSchema(dataset.schema());
        CalibratorInput input = CalibratorInput.of(this);
        Calibrator map = calibrator();
        int expected = classes;
        UDF1<Vector, Vector> calibrate = v -> {
            if (v == null) {
                return null;
            }
            if (v.size() != expected) {
                throw new IllegalArgumentException("expected vectors of " + expected + " classes in " + input.column()
                        + ", found one of " + v.size());
            }
            return Vectors.dense(map.apply(input.logits(v)));
        };
        UDF1<Vector, Double> largest = v -> v == null ? null : (double) v.argmax();
        Dataset<Row> out = dataset.toDF()
                .withColumn(
                        getOutputCol(),
                        functions
                                .udf(calibrate, SQLDataTypes.VectorType())
                                .apply(functions.col(input.column()))
                                .as(getOutputCol(), CalibratorInput.sized(getOutputCol(), classes)));
        return getPredictionCol().isEmpty()
                ? out
                : out.withColumn(
                        getPredictionCol(),
                        functions
                                .udf(largest, DataTypes.DoubleType)
                                .apply(functions.col(getOutputCol()))
                                .as(getPredictionCol(), CalibratorInput.nominal(getPredictionCol(), classes)));
    }

    @Override
    public StructType transformSchema(StructType schema) {
        return CalibratorInput.of(this).schema(schema, getOutputCol(), getPredictionCol(), classes);
    }

    @Override
    public ProbabilityCalibratorModel copy(ParamMap extra) {
        return copyValues(new ProbabilityCalibratorModel(uid(), calibrator, classes), extra)
                .setParent(parent());
    }

    @Override
    public MLWriter write() {
        ProbabilityCalibratorModel self = this;
        Calibrator map = calibrator();
        return new MLWriter() {
            @Override
            public void saveImpl(String path) {
                DefaultParamsWriter$.MODULE$.saveMetadata(self, path, sparkSession());
                try {
                    Directory to = folder(path, sparkSession().sparkContext().hadoopConfiguration());
                    CalibrationFile.write(map, to);
                    to.writeText(CLASSES, Integer.toString(self.classes));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }

    private static Directory folder(String path, Configuration configuration) {
        return Directory.of("model", path + "/" + MAP, configuration);
    }

    /** Reads what {@link #write} wrote. */
    public static MLReader<ProbabilityCalibratorModel> read() {
        return new MLReader<>() {
            @Override
            public ProbabilityCalibratorModel load(String path) {
                ProbabilityCalibratorModel model = new DefaultParamsReader<ProbabilityCalibratorModel>().load(path);
                Directory from = folder(path, sparkSession().sparkContext().hadoopConfiguration());
                try {
                    model.classes = Integer.parseInt(from.readText(CLASSES).strip());
                    model.calibrator = CalibrationFile.read(from, model.classes);
                } catch (IOException | NumberFormatException e) {
                    throw new SoftlabelException("expected a saved model at " + path + ", found " + e.getMessage(), e);
                }
                return model;
            }
        };
    }

    /** Loads what {@code save} wrote. */
    public static ProbabilityCalibratorModel load(String path) {
        return read().load(path);
    }
}
