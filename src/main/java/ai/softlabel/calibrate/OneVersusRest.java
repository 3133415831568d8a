package ai.softlabel.calibrate;

import ai.softlabel.spark.Broadcasts;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.mllib.regression.IsotonicRegression;
import org.apache.spark.mllib.regression.IsotonicRegressionModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.Tuple3;

/**
 * Calibrators of each class against the rest, fitted by Spark MLlib. A fit for each class and fold would be hundreds of
 * Spark jobs in a row; here all of them are one: blocks of one problem that share nothing, and so have the optima that
 * they have alone.
 */
final class OneVersusRest {
    private static final StructType ROWS = new StructType(new StructField[] {
        DataTypes.createStructField("label", DataTypes.DoubleType, false),
        DataTypes.createStructField("weight", DataTypes.DoubleType, false),
        DataTypes.createStructField("features", SQLDataTypes.VectorType(), false)
    });
    private static final int MOST_STEPS = 500;
    private static final double TOLERANCE = 1e-10;
    /** Blocks lie further apart than log-odds can. */
    private static final double PLACE = 4 * Probabilities.LARGEST;
    /** And higher than values, which lie in [0, 1], can reach. */
    private static final double LEVEL = 2;

    private OneVersusRest() {}

    /**
     * A set's log-odds.
     *
     * @param of for each prediction and class
     * @param labels the correct classes
     */
    private record Odds(double[][] of, int[] labels) implements Serializable {
        static Odds of(List<Labelled> set) {
            return new Odds(
                    set.stream().map(d -> Probabilities.logOdds(d.logits())).toArray(double[][]::new),
                    set.stream().mapToInt(Labelled::label).toArray());
        }

        /** A class's rows, two for each prediction, weighted so that together they have Platt's target. */
        Iterator<Row> rows(int c, int block, int blocks) {
            long positive = Arrays.stream(labels).filter(l -> l == c).count();
            List<Row> rows = new ArrayList<>();
            for (int i = 0; i < labels.length; i++) {
                double target =
                        labels[i] == c ? (positive + 1.0) / (positive + 2) : 1.0 / (labels.length - positive + 2);
                var features =
                        Vectors.sparse(2 * blocks, new int[] {block, blocks + block}, new double[] {of[i][c], 1});
                rows.add(RowFactory.create(1.0, target, features));
                rows.add(RowFactory.create(0.0, 1 - target, features));
            }
            return rows.iterator();
        }

        /** A class's points: value, place and weight. */
        Iterator<Tuple3<Object, Object, Object>> points(int c, int block) {
            List<Tuple3<Object, Object, Object>> points = new ArrayList<>();
            for (int i = 0; i < labels.length; i++) {
                double correct = labels[i] == c ? 1 : 0;
                points.add(new Tuple3<>(LEVEL * block + correct, PLACE * block + of[i][c], 1.0));
            }
            return points.iterator();
        }
    }

    /**
     * Platt's curves for each set of predictions. The targets are Platt's: (n₊+1)/(n₊+2) where a class is correct,
     * 1/(n₋+2) where it is not, which keeps classes finite that the log-odds part without error.
     */
    static List<Calibrator> platt(SparkSession spark, List<List<Labelled>> sets) {
        int classes = sets.get(0).get(0).logits().length;
        int blocks = sets.size() * classes;
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        Broadcast<List<Odds>> odds =
                context.broadcast(sets.stream().map(Odds::of).toList());
        // One partition, so that sums have one order, and the same data the same curves on every cluster.
        JavaRDD<Row> rows = context.parallelize(
                        IntStream.range(0, blocks).boxed().toList(), 1)
                .flatMap(block -> odds.value().get(block / classes).rows(block % classes, block, blocks));
        Dataset<Row> data = spark.createDataFrame(rows, ROWS).cache();
        double[] found = new LogisticRegression()
                .setWeightCol("weight")
                .setFitIntercept(false)
                .setMaxIter(MOST_STEPS)
                .setTol(TOLERANCE)
                .fit(data)
                .coefficients()
                .toArray();
        data.unpersist(true);
        Broadcasts.destroy(odds);
        return IntStream.range(0, sets.size())
                .mapToObj(s -> (Calibrator) new Calibrator.Platt(
                        Arrays.copyOfRange(found, s * classes, (s + 1) * classes),
                        Arrays.copyOfRange(found, blocks + s * classes, blocks + (s + 1) * classes)))
                .toList();
    }

    /** Isotonic curves for each set of predictions: each block lies further right and higher than those before. */
    static List<Calibrator> isotonic(SparkSession spark, List<List<Labelled>> sets) {
        int classes = sets.get(0).get(0).logits().length;
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        Broadcast<List<Odds>> odds =
                context.broadcast(sets.stream().map(Odds::of).toList());
        JavaRDD<Tuple3<Object, Object, Object>> points = context.parallelize(
                        IntStream.range(0, sets.size() * classes).boxed().toList())
                .flatMap(block -> odds.value().get(block / classes).points(block % classes, block));
        @SuppressWarnings({"unchecked", "rawtypes"})
        IsotonicRegressionModel found = new IsotonicRegression().run((JavaRDD) points);
        Broadcasts.destroy(odds);
        double[] at = found.boundaries();
        double[] value = found.predictions();
        List<Calibrator> out = new ArrayList<>();
        for (int s = 0; s < sets.size(); s++) {
            double[][] ats = new double[classes][];
            double[][] values = new double[classes][];
            for (int c = 0; c < classes; c++) {
                int block = s * classes + c;
                int[] own = IntStream.range(0, at.length)
                        .filter(i -> Math.round(at[i] / PLACE) == block)
                        .toArray();
                ats[c] = Arrays.stream(own)
                        .mapToDouble(i -> at[i] - PLACE * block)
                        .toArray();
                values[c] = Arrays.stream(own)
                        .mapToDouble(i -> Math.max(0, Math.min(1, value[i] - LEVEL * block)))
                        .toArray();
            }
            out.add(new Calibrator.Isotonic(ats, values, sets.get(s).size()));
        }
        return out;
    }
}
