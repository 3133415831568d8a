package ai.softlabel.api;

import ai.softlabel.rows.RowColumns;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Rows with pictures, and which of their columns hold what.
 *
 * @param data the rows
 * @param columns their columns
 */
record PictureRows(Dataset<Row> data, RowColumns columns) {
    private static final String FEATURES = "features";
    private static final String LABEL = "label";
    private static final String NAME = "name";

    /**
     * An RDD of pictures as rows: all files or all paths, as the first picture has it. It runs the RDD for this first
     * picture.
     *
     * @throws IllegalArgumentException if there is no picture
     */
    static PictureRows of(JavaRDD<LabelledPicture> pictures, SparkSession session) {
        List<Boolean> first =
                pictures.map(p -> p != null && p.content() != null).take(1);
        if (first.isEmpty()) {
            throw new IllegalArgumentException("expected an RDD with pictures, found none; give at least one");
        }
        boolean files = first.get(0);
        DataType type = files ? DataTypes.BinaryType : DataTypes.StringType;
        StructType schema = new StructType()
                .add(FEATURES, type)
                .add(LABEL, DataTypes.StringType)
                .add(NAME, DataTypes.StringType);
        return new PictureRows(
                session.createDataFrame(pictures.map(p -> row(p, files)), schema),
                // Paths are names already; named ones would be copied, as files are.
                new RowColumns(FEATURES, LABEL, null, null, files ? NAME : null));
    }

    /** A picture of the other kind has null for its features, for which its row is rejected. */
    private static Row row(LabelledPicture p, boolean files) {
        if (p == null) {
            throw new IllegalArgumentException("expected pictures in the RDD, found null; filter such elements out");
        }
        Object features = files ? p.content() : p.content() == null ? p.name() : null;
        return RowFactory.create(features, p.label(), p.name());
    }
}
