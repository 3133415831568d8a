package ai.softlabel.ml;

import java.io.Serializable;
import java.util.Arrays;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The column that is calibrated.
 *
 * @param column its name
 * @param logits whether it holds logits; else probabilities, whose logarithms are logits of the same softmax
 */
record CalibratorInput(String column, boolean logits) implements Serializable {
    private static final double LEAST = Double.MIN_NORMAL;

    /** That of a stage. */
    static CalibratorInput of(HasCalibrationParams p) {
        boolean raw = p.isDefined(p.rawPredictionCol());
        return new CalibratorInput(raw ? p.getRawPredictionCol() : p.getProbabilityCol(), raw);
    }

    float[] logits(Vector values) {
        float[] out = new float[values.size()];
        for (int c = 0; c < out.length; c++) {
            double v = values.apply(c);
            out[c] = (float) (logits ? v : Math.log(Math.max(v, LEAST)));
        }
        return out;
    }

    /**
     * The schema with the output columns.
     *
     * @param classes how many there are, for the columns' metadata; 0 where it is not known yet
     * @throws IllegalArgumentException where the input is no vector, or an output column is there already
     */
    StructType schema(StructType in, String output, String prediction, int classes) {
        boolean there = Arrays.asList(in.fieldNames()).contains(column);
        if (!there || !in.apply(column).dataType().equals(SQLDataTypes.VectorType())) {
            throw new IllegalArgumentException(
                    "expected a column " + column + " of vectors with a value for each class, found "
                            + (there ? in.apply(column).dataType().simpleString() : String.join(", ", in.fieldNames()))
                            + "; set probabilityCol or rawPredictionCol");
        }
        StructType out =
                free(in, output).add(new StructField(output, SQLDataTypes.VectorType(), true, sized(output, classes)));
        return prediction.isEmpty()
                ? out
                : free(out, prediction)
                        .add(new StructField(prediction, DataTypes.DoubleType, true, nominal(prediction, classes)));
    }

    static Metadata sized(String output, int classes) {
        return classes == 0 ? Metadata.empty() : new AttributeGroup(output, classes).toMetadata();
    }

    static Metadata nominal(String prediction, int classes) {
        return classes == 0
                ? Metadata.empty()
                : NominalAttribute.defaultAttr()
                        .withName(prediction)
                        .withNumValues(classes)
                        .toMetadata();
    }

    private static StructType free(StructType schema, String name) {
        if (Arrays.asList(schema.fieldNames()).contains(name)) {
            throw new IllegalArgumentException(
                    "expected no column " + name + " yet, found one; rename it, or set another output column");
        }
        return schema;
    }
}
