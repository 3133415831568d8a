package ai.softlabel.data;

import ai.softlabel.JobException;
import ai.softlabel.Plain;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/** Reads labels from a CSV file, a Parquet file or a table of Spark SQL. */
final class LabelTable {
    private LabelTable() {}

    /**
     * A row as it stands in the table: any of its fields may be null, an empty one is null.
     *
     * @param number counts from 1
     */
    record Line(int number, String path, String label, String split, String weight, String group)
            implements Serializable {
        static Line of(int number, Row row) {
            return new Line(number, text(row, 0), text(row, 1), text(row, 2), text(row, 3), text(row, 4));
        }

        private static String text(Row row, int column) {
            String text = row.isNullAt(column) ? "" : row.getString(column).strip();
            return text.isEmpty() ? null : text;
        }
    }

    /**
     * The rows, numbered in the table's order.
     *
     * @param splits whether the table has a column of splits
     */
    record Lines(Bag<Line> rows, boolean splits) {}

    /** @throws JobException of status 3 where there is no such table, or it lacks a column */
    static Lines read(LabelSource labels, SparkSession session, Lister lister) {
        try {
            return lines(labels, table(labels, session), lister);
        } catch (JobException e) {
            throw e;
        } catch (Exception e) {
            // Scala throws AnalysisException, a checked one, without saying so.
            throw JobException.input(
                    "expected labels in a CSV file with a header, a Parquet file or a table, at %s, found that it can't be read (%s); check the path or the table's name",
                    labels.name(), Plain.reason(e.getMessage()));
        }
    }

    private static Dataset<Row> table(LabelSource labels, SparkSession session) {
        if (labels.table() != null) {
            return session.table(labels.table());
        }
        String name =
                labels.file().toLowerCase(Locale.ROOT).replaceFirst("/+$", "").replaceFirst("\\.(gz|bz2)$", "");
        if (!name.endsWith(".csv") && !name.endsWith(".tsv") && !name.endsWith(".txt")) {
            return session.read().parquet(labels.file());
        }
        return session.read()
                .option("header", true)
                .option("sep", name.endsWith(".csv") ? "," : "\t")
                // RFC 4180: a quote within quotes is doubled, and a field may have several lines.
                .option("escape", "\"")
                .option("multiLine", true)
                .csv(labels.file());
    }

    private static Lines lines(LabelSource labels, Dataset<Row> table, Lister lister) {
        List<Column> columns = new ArrayList<>();
        boolean splits = false;
        for (String holds : LabelSource.COLUMNS) {
            boolean named = labels.columns().containsKey(holds);
            String wanted = labels.columns().getOrDefault(holds, holds);
            String found = Arrays.stream(table.columns())
                    .filter(c -> strip(c).equals(wanted))
                    .findFirst()
                    .orElse(null);
            if (found == null && (named || holds.equals("path") || holds.equals("label"))) {
                throw JobException.input(
                        "expected a column %s in %s, found %s; name the columns with --columns, as in path=file,label=breed",
                        wanted, labels.name(), String.join(", ", table.columns()));
            }
            splits |= holds.equals("split") && found != null;
            columns.add((found == null ? functions.lit(null) : table.col("`" + found.replace("`", "``") + "`"))
                    .cast("string")
                    .as(holds));
        }
        return new Lines(lister.rows(table.select(columns.toArray(new Column[0])), Line::of), splits);
    }

    /** A header's name without a byte order mark and spaces around it. */
    private static String strip(String column) {
        return (column.startsWith("\uFEFF") ? column.substring(1) : column).strip();
    }
}
