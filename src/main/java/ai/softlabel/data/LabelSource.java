package ai.softlabel.data;

import ai.softlabel.JobException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Where labels come from, if not from the folder's own layout: a file, a table or a pattern; at most one of them.
 *
 * @param file a CSV file with a header or a Parquet file, as a path or a URI of any Hadoop file system, or null
 * @param table a table of Spark SQL's catalog, or null
 * @param columns the names of the file's or table's columns, by what they hold: see {@link #COLUMNS}
 * @param pattern a regular expression whose first group is the class, or null; see {@link PatternLabels}
 * @param classes a text file with the classes in the order of their labels, one a line, or null for the order of their
 *     names
 * @param separator what stands between the classes of a picture that may have several, or null where each has one
 */
public record LabelSource(
        String file, String table, Map<String, String> columns, String pattern, String classes, String separator) {
    /** One class for each picture. */
    public LabelSource(String file, String table, Map<String, String> columns, String pattern, String classes) {
        this(file, table, columns, pattern, classes, null);
    }

    /** The folder's own layout, classes in its own order. */
    public static final LabelSource LAYOUT = new LabelSource(null, null, Map.of(), null, null);

    /** What a column may hold. The first two are required. */
    static final java.util.List<String> COLUMNS = java.util.List.of("path", "label", "split", "weight", "group");

    /** @throws JobException of status 2 where the settings contradict each other */
    public LabelSource {
        columns = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        int given = (file == null ? 0 : 1) + (table == null ? 0 : 1) + (pattern == null ? 0 : 1);
        if (given > 1) {
            throw JobException.options(
                    "expected one of --labels, --table and --label-pattern, found %d of them; leave the others out",
                    given);
        }
        if (!columns.isEmpty() && file == null && table == null) {
            throw JobException.options("expected --labels or --table for --columns, found neither; give one of them");
        }
        if (separator != null && file == null && table == null) {
            throw JobException.options(
                    "expected --labels or --table for pictures of several labels, found neither; give one of them");
        }
        // Cells come without the spaces at their ends.
        separator = separator == null ? null : separator.strip();
        if (separator != null && separator.isEmpty()) {
            throw JobException.options(
                    "expected --label-separator to be a text such as |, found a blank one; give another");
        }
        if (pattern != null) {
            try {
                if (Pattern.compile(pattern).matcher("").groupCount() < 1) {
                    throw JobException.options(
                            "expected --label-pattern to have a group that is the class, as in (.+)_\\d+, found %s; put the class in parentheses",
                            pattern);
                }
            } catch (PatternSyntaxException e) {
                throw JobException.options(
                        "expected --label-pattern to be a regular expression, found %s (%s); correct it",
                        pattern, e.getDescription());
            }
        }
    }

    /**
     * Reads {@code --columns}: {@code path=file,label=breed}.
     *
     * @throws JobException of status 2 where it is something else
     */
    public static Map<String, String> columns(String text) {
        Map<String, String> columns = new LinkedHashMap<>();
        for (String part : text.split(",")) {
            int at = part.indexOf('=');
            String holds = at < 0 ? "" : part.substring(0, at).strip();
            String name = part.substring(at + 1).strip();
            if (!COLUMNS.contains(holds) || name.isEmpty() || columns.put(holds, name) != null) {
                throw JobException.options(
                        "expected --columns to be a list such as path=file,label=breed, of %s, each once, found %s; correct it",
                        String.join(", ", COLUMNS), text);
            }
        }
        return columns;
    }

    /** The same labels, with this between those of a picture. */
    public LabelSource separated(String by) {
        return new LabelSource(file, table, columns, pattern, classes, by);
    }

    /** The separator only where there is one: the text is part of what an earlier study is known by. */
    @Override
    public String toString() {
        return "LabelSource[file=" + file + ", table=" + table + ", columns=" + columns + ", pattern=" + pattern
                + ", classes=" + classes + (separator == null ? "" : ", separator=" + separator) + "]";
    }

    /** Whether a picture may have several classes, or none. */
    public boolean several() {
        return separator != null;
    }

    /** What the labels' file or table is called in messages. */
    String name() {
        return file == null ? "table " + table : file;
    }
}
