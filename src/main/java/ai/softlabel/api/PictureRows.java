package ai.softlabel.api;

import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** An RDD of pictures as rows. */
final class PictureRows {
    static final String FEATURES = "features";
    static final String LABEL = "label";
    static final String NAME = "name";

    private PictureRows() {}

    /**
     * Rows of {@value #FEATURES} (files or paths, as the first picture has it), {@value #LABEL} and {@value #NAME}.
     *
     * @throws IllegalArgumentException if there is no picture
     */
    static Dataset<Row> of(JavaRDD<LabelledPicture> pictures) {
        List<Boolean> first =
                pictures.map(p -> p != null && p.content() != null).take(1);
        if (first.isEmpty()) {
            throw new IllegalArgumentException("expected an RDD with pictures, found none; give at least one");
        }
        boolean files = first.get(0);
        DataType type = files ? DataTypes.BinaryType : DataTypes.StringType;
        // A picture of the other kind has none here, and is rejected by name.
        JavaRDD<Row> rows = pictures.map(p ->
                RowFactory.create(files ? p.content() : p.content() == null ? p.name() : null, p.label(), p.name()));
        return SparkSession.builder()
                .getOrCreate()
                .createDataFrame(
                        rows,
                        new StructType()
                                .add(FEATURES, type)
                                .add(LABEL, DataTypes.StringType)
                                .add(NAME, DataTypes.StringType));
    }
}
