package ai.softlabel.command.predict;

import ai.softlabel.files.Directory;
import ai.softlabel.run.PredictionFiles;
import ai.softlabel.score.Prediction;
import java.io.IOException;
import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Writes predictions of unlabelled pictures, as Parquet for programs and as CSV for people. */
public final class PredictOutput {
    private static final StructType SCHEMA = new StructType(new StructField[] {
        DataTypes.createStructField("path", DataTypes.StringType, false),
        DataTypes.createStructField("class", DataTypes.StringType, false),
        DataTypes.createStructField("confidence", DataTypes.DoubleType, false),
        DataTypes.createStructField("logits", new ArrayType(DataTypes.FloatType, false), false),
        DataTypes.createStructField("probabilities", new ArrayType(DataTypes.DoubleType, false), false)
    });

    private PredictOutput() {}

    private record Line(String path, String text) implements Serializable {}

    /** Writes {@code predictions.parquet}: path, class, confidence, logits and probabilities, sorted by path. */
    public static void parquet(
            SparkSession session, JavaRDD<Prediction> predictions, List<String> classes, Directory run) {
        List<String> names = List.copyOf(classes);
        JavaRDD<Row> rows = predictions.map(p -> RowFactory.create(
                p.path(),
                names.get(p.predicted()),
                p.probabilities()[p.predicted()],
                PredictionFiles.boxed(p.logits()),
                PredictionFiles.boxed(p.probabilities())));
        session.createDataFrame(rows, SCHEMA)
                .sortWithinPartitions("path")
                .write()
                .mode("overwrite")
                .parquet(run.path("predictions.parquet"));
    }

    /**
     * Writes {@code predictions.csv}: path, class and confidence, then the second most likely class and its confidence;
     * sorted by path.
     */
    public static void csv(JavaRDD<Prediction> predictions, List<String> classes, Directory run) throws IOException {
        List<String> names = List.copyOf(classes);
        StringBuilder csv = new StringBuilder("path,class,confidence,second_class,second_confidence\n");
        predictions.map(p -> line(p, names)).collect().stream()
                .sorted(Comparator.comparing(Line::path))
                .forEach(l -> csv.append(l.text()));
        run.writeText("predictions.csv", csv.toString());
    }

    private static Line line(Prediction p, List<String> classes) {
        int first = p.predicted();
        int second = -1;
        for (int c = 0; c < classes.size(); c++) {
            if (c != first && (second < 0 || p.probabilities()[c] > p.probabilities()[second])) {
                second = c;
            }
        }
        String text = String.format(
                Locale.ROOT,
                "%s,%s,%.4f,%s,%s%n",
                PredictionFiles.quoted(p.path()),
                PredictionFiles.quoted(classes.get(first)),
                p.probabilities()[first],
                second < 0 ? "" : PredictionFiles.quoted(classes.get(second)),
                second < 0 ? "" : String.format(Locale.ROOT, "%.4f", p.probabilities()[second]));
        return new Line(p.path(), text);
    }
}
