package ai.softlabel.rows;

import ai.softlabel.Rejection;
import ai.softlabel.Sha256;
import ai.softlabel.data.Listing;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Listing.Official;
import ai.softlabel.files.Directory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A DataFrame as a listing. The driver learns each row's name, label, weight and part; pictures that are no paths are
 * written to a folder that all executors see, a file for each name. A row without a name is named by the hash of its
 * picture, so that neither the order of rows nor their partitions matter.
 */
public final class RowListing {
    private static final StructType FOUND = new StructType()
            .add("name", DataTypes.StringType)
            .add("label", DataTypes.StringType)
            .add("weight", DataTypes.DoubleType)
            .add("validation", DataTypes.BooleanType)
            .add("problem", DataTypes.StringType);

    private RowListing() {}

    /**
     * Lists a DataFrame.
     *
     * @param folder where pictures that are no paths are written
     * @throws IllegalArgumentException where a column is missing or of another type, or a label or weight can't be one
     */
    public static Listing of(Dataset<Row> data, RowColumns columns, Directory folder, Configuration configuration) {
        PictureColumn kind = PictureColumn.of(data.schema(), columns.features());
        LabelColumn labels = LabelColumn.of(data.schema(), columns.label());
        boolean named = columns.name() != null;
        List<Column> selected = new ArrayList<>();
        selected.add(data.col(columns.features()));
        selected.add(data.col(columns.label()).cast(DataTypes.StringType));
        selected.add(column(data, columns.weight(), functions.lit(1.0)).cast(DataTypes.DoubleType));
        selected.add(column(data, columns.validation(), functions.lit(false)).cast(DataTypes.BooleanType));
        selected.add(named ? data.col(columns.name()).cast(DataTypes.StringType) : functions.lit(null));
        List<Row> rows = data.select(selected.toArray(Column[]::new))
                .mapPartitions(
                        new Found(kind, named, folder.path(""), new SerializableConfiguration(configuration)),
                        Encoders.row(FOUND))
                .collectAsList();
        return listing(
                rows,
                labels,
                named,
                kind == PictureColumn.PATH && !named
                        ? RowFiles.paths(configuration)
                        : RowFiles.folder(folder.path(""), configuration));
    }

    private static Column column(Dataset<Row> data, String name, Column otherwise) {
        return name == null ? otherwise : data.col(name);
    }

    private static Listing listing(List<Row> rows, LabelColumn labels, boolean named, RowFiles files) {
        List<String> classes = labels.classes(rows.stream().map(r -> r.getString(1)));
        Map<String, Integer> index = new HashMap<>();
        classes.forEach(c -> index.put(c, index.size()));
        List<Row> sorted = rows.stream()
                .sorted(Comparator.comparing((Row r) -> r.getString(0))
                        .thenComparing(r -> r.getString(1))
                        .thenComparing(r -> r.getDouble(2))
                        .thenComparing(r -> r.getBoolean(3)))
                .toList();
        List<Entry> entries = new ArrayList<>();
        List<Rejection> rejected = new ArrayList<>();
        String last = null;
        int copies = 0;
        for (Row r : sorted) {
            String name = r.getString(0);
            copies = name.equals(last) ? copies + 1 : 0;
            last = name;
            if (named && copies > 0) {
                throw new IllegalArgumentException("expected each name in nameCol once, found " + name
                        + " several times; make the names unique, or leave nameCol out");
            }
            if (r.getString(4) != null) {
                rejected.add(new Rejection(RowFiles.copy(name, copies), r.getString(4), true));
            } else {
                entries.add(new Entry(
                        RowFiles.copy(name, copies),
                        index.get(labels.name(r.getString(1), classes)),
                        r.getBoolean(3) ? Official.VALIDATION : Official.TRAIN,
                        r.getDouble(2),
                        // Copies are never drawn apart.
                        name));
            }
        }
        return new Listing(classes, entries, rejected, files);
    }

    /** On executors: what each row is, its picture written to the folder. */
    private record Found(PictureColumn kind, boolean named, String folder, SerializableConfiguration configuration)
            implements MapPartitionsFunction<Row, Row> {
        private static final long serialVersionUID = 1;

        @Override
        public Iterator<Row> call(Iterator<Row> rows) {
            Directory to = Directory.of("runDir", folder, configuration.value());
            RowFiles files = RowFiles.paths(configuration.value());
            List<Row> out = new ArrayList<>();
            rows.forEachRemaining(r -> out.add(found(r, to, files)));
            return out.iterator();
        }

        private Row found(Row r, Directory to, RowFiles files) {
            if (r.isNullAt(1) || r.isNullAt(2) || r.isNullAt(3) || (named && r.isNullAt(4))) {
                throw new IllegalArgumentException(
                        "expected a label, weight, validation indicator and name in every row, found null; fill or drop such rows");
            }
            if (!(r.getDouble(2) >= 0 && r.getDouble(2) < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "expected finite weights of at least 0 in weightCol, found " + r.getDouble(2));
            }
            String name = named ? r.getString(4) : null;
            String problem = null;
            try {
                Object value = r.get(0);
                if (value == null) {
                    throw kind.missing();
                }
                if (kind == PictureColumn.PATH && name == null) {
                    name = (String) value;
                } else {
                    byte[] bytes = kind == PictureColumn.PATH ? files.read((String) value) : kind.file(value);
                    name = name == null ? Sha256.of(bytes) : name;
                    write(to, RowFiles.file(name), bytes);
                }
            } catch (IOException e) {
                name = name == null ? "null" : name;
                problem = String.valueOf(e.getMessage());
            }
            return RowFactory.create(name, r.getString(1), r.getDouble(2), r.getBoolean(3), problem);
        }

        private static void write(Directory to, String file, byte[] bytes) {
            try {
                to.write(file, "-" + TaskContext.get().taskAttemptId(), out -> out.write(bytes));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
