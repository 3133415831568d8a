package ai.softlabel.ml;

import ai.softlabel.calibrate.FittedCalibrators;
import ai.softlabel.calibrate.Labelled;
import ai.softlabel.calibrate.RecalibrationMethod;
import java.util.Arrays;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fits a map from the probabilities or logits of any classifier of Spark ML to calibrated probabilities, on rows that
 * the classifier was not trained on: temperature and vector scaling (Guo et al., 2017), structured vector and matrix
 * scaling (Berta et al., 2026); Platt scaling, isotonic regression (Zadrozny and Elkan, 2002) and beta calibration
 * (Kull et al., 2017), each class against the rest. The same rows give the same map in any partitions. The map is none
 * where the method asked for does not fit: with too many rows and classes, or, of beta, with fewer than 20 rows of
 * every class; Spark's log says so.
 */
public final class ProbabilityCalibrator extends CalibratorParams implements DefaultParamsWritable {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(ProbabilityCalibrator.class);

    public ProbabilityCalibrator() {
        this(Identifiable.randomUID("ProbabilityCalibrator"));
    }

    public ProbabilityCalibrator(String uid) {
        super(uid);
    }

    @Override
    ProbabilityCalibrator self() {
        return this;
    }

    /**
     * Fits the map.
     *
     * @throws IllegalArgumentException if a column is missing, there are no rows, or a label is no class
     */
    @Override
    public ProbabilityCalibratorModel fit(Dataset<?> dataset) {
        transformSchema(dataset.schema());
        CalibratorInput input = CalibratorInput.of(this);
        JavaRDD<Labelled> rows = dataset.toDF()
                .select(
                        functions.col(input.column()),
                        functions.col(getLabelCol()).cast(DataTypes.DoubleType))
                .javaRDD()
                .map(r -> {
                    float[] logits = input.logits(r.<Vector>getAs(0));
                    int label = ClassLabel.of(r.get(1), logits.length);
                    // Rows have no names: equal ones share a fold.
                    return new Labelled(Arrays.toString(logits) + " " + label, logits, label);
                })
                .persist(StorageLevel.MEMORY_AND_DISK());
        try {
            if (rows.isEmpty()) {
                throw new IllegalArgumentException("expected rows to fit on, found none");
            }
            FittedCalibrators fitted = FittedCalibrators.of(
                    dataset.sparkSession(),
                    rows,
                    RecalibrationMethod.parse(getMethod()).orElseThrow());
            fitted.leftOut().forEach(LOG::warn);
            ProbabilityCalibratorModel model = new ProbabilityCalibratorModel(
                    uid(), fitted.best(), rows.first().logits().length);
            return copyValues(model, ParamMap.empty()).setParent(this);
        } finally {
            rows.unpersist(false);
        }
    }

    @Override
    public StructType transformSchema(StructType schema) {
        return CalibratorInput.of(this).schema(schema, getOutputCol(), getPredictionCol(), 0);
    }

    @Override
    public ProbabilityCalibrator copy(ParamMap extra) {
        return defaultCopy(extra);
    }

    /** Reads what {@code write} wrote. */
    public static MLReader<ProbabilityCalibrator> read() {
        return new DefaultParamsReader<>();
    }

    /** Loads what {@code save} wrote. */
    public static ProbabilityCalibrator load(String path) {
        return read().load(path);
    }
}
