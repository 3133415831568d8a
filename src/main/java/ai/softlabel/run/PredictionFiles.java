package ai.softlabel.run;

import ai.softlabel.Part;
import ai.softlabel.Plain;
import ai.softlabel.files.Directory;
import ai.softlabel.score.Evaluation;
import ai.softlabel.score.Evaluation.Confusion;
import ai.softlabel.score.Prediction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.Tuple2;

/** Writes and reads predictions as a table, and writes the confusion matrix. */
public final class PredictionFiles {
    private static final StructType SCHEMA = new StructType(new StructField[] {
        field("path", DataTypes.StringType),
        field("label", DataTypes.IntegerType),
        field("logits", new ArrayType(DataTypes.FloatType, false)),
        field("probabilities", new ArrayType(DataTypes.DoubleType, false)),
        field("split", DataTypes.StringType),
        field("partition", DataTypes.IntegerType)
    });

    /** Of pictures of several labels: labels in place of the label. */
    private static final StructType SEVERAL = new StructType(new StructField[] {
        field("path", DataTypes.StringType),
        field("labels", new ArrayType(DataTypes.IntegerType, false)),
        field("logits", new ArrayType(DataTypes.FloatType, false)),
        field("probabilities", new ArrayType(DataTypes.DoubleType, false)),
        field("split", DataTypes.StringType),
        field("partition", DataTypes.IntegerType)
    });

    /** The split name of cross-fitted predictions: training pictures predicted by heads trained without them. */
    public static final String CROSS_FITTED = "cross-fitted";

    /** Classes up to which {@code confusion.csv} has every cell. */
    static final int FULL_MATRIX = 200;

    /** Cells beside the diagonal, beyond that. */
    static final int MOST_CONFUSIONS = 10_000;

    private PredictionFiles() {}

    /** The split name of a part's predictions. */
    public static String split(Part part) {
        return part.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Writes {@code predictions.parquet}, a folder in Spark's format, sorted by path.
     *
     * @param splits by name; what is not persisted is computed twice
     */
    public static void parquet(SparkSession session, Map<String, JavaRDD<Prediction>> splits, Directory run) {
        write(session, splits, run, SCHEMA);
    }

    /** The same for pictures of several labels: the column {@code labels}, ascending, is in place of {@code label}. */
    public static void severalLabels(SparkSession session, Map<String, JavaRDD<Prediction>> splits, Directory run) {
        write(session, splits, run, SEVERAL);
    }

    private static void write(
            SparkSession session, Map<String, JavaRDD<Prediction>> splits, Directory run, StructType schema) {
        run.checkLease();
        JavaRDD<Row> rows = null;
        for (Map.Entry<String, JavaRDD<Prediction>> e : splits.entrySet()) {
            String split = e.getKey();
            JavaRDD<Row> part = e.getValue().map(p -> row(p, split));
            rows = rows == null ? part : rows.union(part);
        }
        write(session.createDataFrame(rows, schema), run);
    }

    /** Sorted over all of its files. The sort's shuffle lets as many tasks compute the table as it has partitions. */
    private static void write(Dataset<Row> table, Directory run) {
        table.sort("path").write().mode("overwrite").parquet(run.path("predictions.parquet"));
    }

    /** Reads the predictions of one split. */
    public static JavaRDD<Prediction> read(SparkSession session, Directory run, String split) {
        return session.read()
                .parquet(run.path("predictions.parquet"))
                .filter(functions.col("split").equalTo(split))
                .toJavaRDD()
                .map(PredictionFiles::prediction);
    }

    private static Prediction prediction(Row r) {
        List<Float> logits = r.getList(r.fieldIndex("logits"));
        List<Double> probabilities = r.getList(r.fieldIndex("probabilities"));
        float[] l = new float[logits.size()];
        double[] p = new double[l.length];
        for (int c = 0; c < l.length; c++) {
            l[c] = logits.get(c);
            p[c] = probabilities.get(c);
        }
        return new Prediction(r.getAs("path"), r.getAs("label"), r.getAs("partition"), l, p);
    }

    private static Row row(Prediction p, String split) {
        Object label = p.labels() == null
                ? p.label()
                : Arrays.stream(p.labels()).boxed().toArray(Integer[]::new);
        return RowFactory.create(p.path(), label, boxed(p.logits()), boxed(p.probabilities()), split, p.partition());
    }

    public static Float[] boxed(float[] values) {
        Float[] out = new Float[values.length];
        Arrays.setAll(out, i -> values[i]);
        return out;
    }

    public static Double[] boxed(double[] values) {
        Double[] out = new Double[values.length];
        Arrays.setAll(out, i -> values[i]);
        return out;
    }

    /**
     * Writes {@code confusion.csv}: correct class, predicted class, count; the non-zero cells, in the order of the
     * labels. Of more than {@value #FULL_MATRIX} classes these are the {@value #MOST_CONFUSIONS} most frequent
     * confusions, and each class's correct predictions.
     */
    public static List<ConfusionCell> confusion(JavaRDD<Prediction> predictions, List<String> classes, Directory run)
            throws IOException {
        int most = classes.size() <= FULL_MATRIX ? FULL_MATRIX * FULL_MATRIX : MOST_CONFUSIONS;
        List<Confusion> cells = new ArrayList<>(Evaluation.confusions(predictions, most));
        predictions
                .filter(p -> p.label() == p.predicted())
                .mapToPair(p -> new Tuple2<>(p.label(), 1L))
                .reduceByKey(Long::sum)
                .collect()
                .forEach(c -> cells.add(new Confusion(c._1(), c._1(), c._2())));
        cells.sort(Comparator.comparingInt(Confusion::label).thenComparingInt(Confusion::predicted));
        List<ConfusionCell> out = cells.stream()
                .map(c -> new ConfusionCell(classes.get(c.label()), classes.get(c.predicted()), c.count()))
                .toList();
        StringBuilder csv = new StringBuilder("label,predicted,count\n");
        for (ConfusionCell c : out) {
            csv.append(Plain.csv(c.label()))
                    .append(',')
                    .append(Plain.csv(c.predicted()))
                    .append(',')
                    .append(c.count())
                    .append('\n');
        }
        run.writeText("confusion.csv", csv.toString());
        return out;
    }

    private static StructField field(String name, org.apache.spark.sql.types.DataType type) {
        return DataTypes.createStructField(name, type, false);
    }
}
