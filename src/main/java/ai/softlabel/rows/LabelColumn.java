package ai.softlabel.rows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A column of classes: texts, or whole numbers from 0.
 *
 * @param indices whether it has numbers
 * @param values the classes' names, as StringIndexer leaves them in the column's metadata; null where there are none
 */
record LabelColumn(boolean indices, List<String> values) {
    static LabelColumn of(StructType schema, String column) {
        if (!Arrays.asList(schema.fieldNames()).contains(column)) {
            throw new IllegalArgumentException("expected a column " + column + " of labels, found "
                    + String.join(", ", schema.fieldNames()) + "; set labelCol to one of them");
        }
        StructField field = schema.apply(column);
        if (field.dataType() instanceof NumericType) {
            return new LabelColumn(true, values(field));
        } else if (field.dataType().equals(DataTypes.StringType)) {
            return new LabelColumn(false, null);
        }
        throw new IllegalArgumentException("expected column " + column + " to hold texts or whole numbers, found "
                + field.dataType().simpleString() + "; set labelCol to another column");
    }

    private static List<String> values(StructField field) {
        Attribute attribute = Attribute.fromStructField(field);
        return attribute instanceof NominalAttribute n && n.values().isDefined()
                ? List.of(n.values().get())
                : null;
    }

    /** The classes in the order of their labels: of texts by name, of numbers from 0. */
    List<String> classes(Stream<String> labels) {
        if (!indices) {
            return labels.distinct().sorted().toList();
        }
        int most = labels.mapToInt(LabelColumn::index).max().orElse(-1);
        if (values != null && most < values.size()) {
            return values;
        }
        List<String> names = new ArrayList<>();
        for (int c = 0; c <= most; c++) {
            names.add(Integer.toString(c));
        }
        return names;
    }

    /** A label's class. */
    String name(String label, List<String> classes) {
        return indices ? classes.get(index(label)) : label;
    }

    private static int index(String label) {
        double value = Double.parseDouble(label);
        if (value < 0 || value != Math.rint(value) || value > 1_000_000) {
            throw new IllegalArgumentException("expected labels that are whole numbers from 0, found " + label
                    + "; index them with StringIndexer");
        }
        return (int) value;
    }
}
