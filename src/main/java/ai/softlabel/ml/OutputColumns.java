package ai.softlabel.ml;

import ai.softlabel.rows.PictureColumn;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The columns that scoring adds, in this order; an empty name is none.
 *
 * @param classes the classes' names, for the metadata of the prediction, or null where they are not known yet
 */
record OutputColumns(String prediction, String probability, String rawPrediction, List<String> classes)
        implements Serializable {
    static OutputColumns of(String prediction, String probability, String rawPrediction, List<String> classes) {
        return new OutputColumns(prediction, probability, rawPrediction, classes);
    }

    /**
     * The schema with these columns.
     *
     * @throws IllegalArgumentException where the pictures are missing or an output column is there already
     */
    StructType schema(StructType in, String features) {
        PictureColumn.of(in, features);
        StructType out = in;
        out = with(out, rawPrediction, SQLDataTypes.VectorType(), Metadata.empty());
        out = with(out, probability, SQLDataTypes.VectorType(), Metadata.empty());
        return with(out, prediction, DataTypes.DoubleType, nominal());
    }

    private Metadata nominal() {
        return classes == null
                ? Metadata.empty()
                : NominalAttribute.defaultAttr()
                        .withName(prediction)
                        .withValues(classes.toArray(String[]::new))
                        .toMetadata();
    }

    private static StructType with(StructType schema, String name, DataType type, Metadata metadata) {
        if (name.isEmpty()) {
            return schema;
        }
        if (Arrays.asList(schema.fieldNames()).contains(name)) {
            throw new IllegalArgumentException("expected no column " + name
                    + " before scoring, found one; rename it, or set another output column");
        }
        return schema.add(new StructField(name, type, true, metadata));
    }
}
