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
 * The columns that scoring adds; an empty name is none.
 *
 * @param abstain whether the model abstains
 * @param predictionSet the classes' names of prediction sets
 * @param classes the classes' names, for the columns' metadata, or null where they are not known yet
 */
record OutputColumns(
        String prediction,
        String probability,
        String rawPrediction,
        String abstain,
        String predictionSet,
        List<String> classes)
        implements Serializable {
    /** Those of a stage; the last two where its limits are set. */
    static OutputColumns of(HasScoringParams p, List<String> classes) {
        boolean abstains = p.isDefined(p.maxError()) || p.isDefined(p.minCoverage());
        return new OutputColumns(
                p.getPredictionCol(),
                p.getProbabilityCol(),
                p.getRawPredictionCol(),
                abstains ? p.getAbstainCol() : "",
                p.isDefined(p.coverage()) ? p.getPredictionSetCol() : "",
                classes);
    }

    /**
     * The schema with these columns.
     *
     * @throws IllegalArgumentException where the pictures are missing or an output column is there already
     */
    StructType schema(StructType in, String features) {
        PictureColumn.of(in, features);
        StructType out = in;
        out = with(out, rawPrediction, SQLDataTypes.VectorType(), sized(rawPrediction));
        out = with(out, probability, SQLDataTypes.VectorType(), sized(probability));
        out = with(out, prediction, DataTypes.DoubleType, nominal());
        out = with(out, abstain, DataTypes.BooleanType, Metadata.empty());
        return with(out, predictionSet, DataTypes.createArrayType(DataTypes.StringType, false), Metadata.empty());
    }

    private Metadata sized(String vectors) {
        return classes == null || vectors.isEmpty() ? Metadata.empty() : CalibratorInput.sized(vectors, classes.size());
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
