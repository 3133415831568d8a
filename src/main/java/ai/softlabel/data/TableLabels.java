package ai.softlabel.data;

import ai.softlabel.Rejection;
import ai.softlabel.data.LabelTable.Line;
import ai.softlabel.data.Listing.Official;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.fs.Path;

/**
 * Labels pictures by a table's rows. A row that can't be used, and a picture that has none, is rejected with a reason:
 * the label is empty, the picture is listed twice or absent, the split or the weight is no such thing.
 */
final class TableLabels {
    private final String name;
    private final LabelTable.Lines table;
    private final String separator;
    private final Labelling pictures;

    /**
     * @param name of the table, for messages
     * @param separator what stands between the classes of a label, or null where each label is a class
     * @param pictures all pictures that there are, in the parts that the folder itself puts them, for a table without a
     *     column of splits
     */
    TableLabels(String name, LabelTable.Lines table, String separator, Labelling pictures) {
        this.name = name.substring(name.lastIndexOf('/') + 1);
        this.table = table;
        this.separator = separator;
        this.pictures = pictures;
    }

    /** The labelled pictures; the classes in the order of their names. */
    Labelling list() {
        String of = name;
        boolean splits = table.splits();
        String where = pictures.source().where();
        Bag<Outcome> outcomes = table.rows()
                .joined(
                        // No name holds the first character, so that rows without a path are each by itself.
                        line -> line.path() == null ? "\0" + line.number() : below(line.path(), where),
                        pictures.outcomes(),
                        Outcome::name,
                        (lines, found) -> List.of(outcome(lines, found, of, splits, where)));
        return pictures.labelled(outcomes, separator);
    }

    /**
     * What becomes of one path.
     *
     * @param unsorted the table's rows of it
     * @param found what the folder says of it: a picture, a file that can't be used, or nothing
     */
    private static Outcome outcome(List<Line> unsorted, List<Outcome> found, String name, boolean splits, String root) {
        List<Line> lines = new ArrayList<>(unsorted);
        lines.sort(Comparator.comparingInt(Line::number));
        Line line = lines.isEmpty() ? null : lines.get(0);
        Outcome file = found.isEmpty() ? null : found.get(0);
        if (line != null && line.path() == null) {
            String row = "row " + line.number() + " of " + name;
            return Outcome.of(0, line.number(), new Rejection(row, "it has no path", true));
        }
        if (file != null && file.used()) {
            return picture(file, lines, name, splits);
        }
        if (file == null) {
            String absent = below(line.path(), root);
            return Outcome.of(2, line.number(), new Rejection(absent, "named in " + name + " but absent", true));
        }
        Rejection known = file.rejection();
        return line == null
                ? Outcome.of(3, file.number(), new Rejection(known.path(), known.reason(), false))
                : Outcome.of(2, line.number(), known);
    }

    private static Outcome picture(Outcome file, List<Line> lines, String name, boolean splits) {
        String problem = lines.isEmpty() ? "present but in no row of " + name : problem(lines);
        if (problem != null) {
            return Outcome.of(1, file.number(), new Rejection(file.name(), problem, !lines.isEmpty()));
        }
        Line line = lines.get(0);
        return file.with(new PackedFile.Row(
                file.name(),
                line.label(),
                splits ? part(line).name() : file.row().part(),
                line.weight() == null ? 1 : weight(line.weight()),
                line.group()));
    }

    private static String problem(List<Line> lines) {
        Line first = lines.get(0);
        if (lines.size() > 1) {
            return "listed " + lines.size() + " times, as "
                    + String.join(
                            " and as ",
                            lines.stream().map(l -> String.valueOf(l.label())).toList());
        }
        if (first.label() == null) {
            return "its label is empty";
        }
        if (first.split() != null && PartFolders.named(first.split()) == null) {
            return "its split is " + first.split() + ", which is none of train, validation and test";
        }
        if (first.weight() != null && !(weight(first.weight()) >= 0)) {
            return "its weight is " + first.weight() + ", which is no number of at least 0";
        }
        return null;
    }

    private static Official part(Line line) {
        return line.split() == null ? Official.NONE : PartFolders.named(line.split());
    }

    /** NaN for what is no finite number. */
    private static double weight(String text) {
        try {
            double weight = Double.parseDouble(text);
            return Double.isFinite(weight) ? weight : Double.NaN;
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    /**
     * A path as the source names it: below the root, where the table has the whole path.
     *
     * @param root where the source is
     */
    private static String below(String path, String root) {
        String plain = root.contains("/") ? new Path(root).toUri().getPath() : root;
        for (String start : List.of(root + "/", plain + "/", "./")) {
            if (path.startsWith(start)) {
                return path.substring(start.length());
            }
        }
        String full = path.startsWith("file:///") ? path.substring("file://".length()) : path;
        return full.startsWith(plain + "/") ? full.substring(plain.length() + 1) : path;
    }
}
