package ai.softlabel.ml;

import ai.softlabel.metrics.Figures;
import ai.softlabel.metrics.Summary;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/**
 * How far probabilities of classes can be trusted; a smaller value is better. The metrics are those of
 * {@code report.json}: {@code error}; {@code nll}, the mean of -log of the label's probability, in nats; {@code ece}
 * over 15 bins of equal width (Guo et al., 2017); {@code brier} over all classes (Brier, 1950); {@code aurc}, the area
 * under the risk-coverage curve (Geifman and El-Yaniv, 2017).
 */
public final class CalibrationEvaluator extends EvaluatorStage implements DefaultParamsWritable {
    private static final long serialVersionUID = 1;
    private static final List<String> METRICS = List.of("error", "nll", "ece", "brier", "aurc");

    private final Param<String> metricName = new Param<>(
            this, "metricName", "the metric: error, nll, ece, brier or aurc", ParamValidators.inArray(METRICS));
    private final Param<String> labelCol = new Param<>(this, "labelCol", "column of classes, whole numbers from 0");
    private final Param<String> probabilityCol =
            new Param<>(this, "probabilityCol", "column of probabilities, a vector with one for each class");

    public CalibrationEvaluator() {
        this(Identifiable.randomUID("CalibrationEvaluator"));
    }

    public CalibrationEvaluator(String uid) {
        super(uid);
        setDefault(metricName, "ece");
        setDefault(labelCol, "label");
        setDefault(probabilityCol, "probability");
    }

    /** The param: the metric. */
    public Param<String> metricName() {
        return metricName;
    }

    public String getMetricName() {
        return getOrDefault(metricName);
    }

    /** Sets the metric: error, nll, ece, brier or aurc; default ece. */
    public CalibrationEvaluator setMetricName(String value) {
        set(metricName, value);
        return this;
    }

    /** The param: column of classes. */
    public Param<String> labelCol() {
        return labelCol;
    }

    public String getLabelCol() {
        return getOrDefault(labelCol);
    }

    /** Sets the column of classes, whole numbers from 0; default label. */
    public CalibrationEvaluator setLabelCol(String value) {
        set(labelCol, value);
        return this;
    }

    /** The param: column of probabilities. */
    public Param<String> probabilityCol() {
        return probabilityCol;
    }

    public String getProbabilityCol() {
        return getOrDefault(probabilityCol);
    }

    /** Sets the column of probabilities, a vector with one for each class; default probability. */
    public CalibrationEvaluator setProbabilityCol(String value) {
        set(probabilityCol, value);
        return this;
    }

    /**
     * The metric over all rows.
     *
     * @throws IllegalArgumentException if there are no rows, or a label is no class
     */
    @Override
    public double evaluate(Dataset<?> dataset) {
        Dataset<Row> rows = dataset.toDF()
                .select(
                        functions.col(getProbabilityCol()),
                        functions.col(getLabelCol()).cast(DataTypes.DoubleType));
        Summary all = rows.javaRDD()
                .treeAggregate(
                        new Summary(),
                        (own, r) -> {
                            double[] p = r.<Vector>getAs(0).toArray();
                            own.update(p, ClassLabel.of(r.get(1), p.length));
                            return own;
                        },
                        Summary::merge);
        if (all.count() == 0) {
            throw new IllegalArgumentException("expected rows with probabilities and labels, found none");
        }
        return Figures.of(all).get(getMetricName());
    }

    @Override
    public boolean isLargerBetter() {
        return false;
    }

    @Override
    public CalibrationEvaluator copy(ParamMap extra) {
        return defaultCopy(extra);
    }

    /** Reads what {@code write} wrote. */
    public static MLReader<CalibrationEvaluator> read() {
        return new DefaultParamsReader<>();
    }

    /** Loads what {@code save} wrote. */
    public static CalibrationEvaluator load(String path) {
        return read().load(path);
    }
}
