package ai.softlabel.data;

import ai.softlabel.Rejection;
import ai.softlabel.data.LabelTable.Line;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Listing.Official;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/**
 * Labels pictures by a table's rows. A row that can't be used, and a picture that has none, is rejected with a reason:
 * the label is empty, the picture is listed twice or absent, the split or the weight is no such thing.
 */
final class TableLabels {
    private static final int LEAST_STRATUM = 10;

    private final String name;
    private final LabelTable.Lines table;
    private final String separator;
    private final Listing pictures;
    private final Map<String, Official> parts;
    private final List<Rejection> rejected = new ArrayList<>();

    /**
     * @param name of the table, for messages
     * @param separator what stands between the classes of a label, or null where each label is a class
     * @param pictures all pictures that there are
     * @param parts in which part the folder itself puts a picture, for a table without a column of splits
     */
    TableLabels(String name, LabelTable.Lines table, String separator, Listing pictures, Map<String, Official> parts) {
        this.name = name.substring(name.lastIndexOf('/') + 1);
        this.table = table;
        this.separator = separator;
        this.pictures = pictures;
        this.parts = parts;
    }

    /** The labelled pictures; the classes in the order of their names. */
    Listing listing() {
        Map<String, List<Line>> lines = new LinkedHashMap<>();
        for (Line line : table.rows()) {
            if (line.path() == null) {
                rejected.add(new Rejection("row " + line.number() + " of " + name, "it has no path", true));
            } else {
                lines.computeIfAbsent(below(line.path()), p -> new ArrayList<>())
                        .add(line);
            }
        }
        Map<String, Rejection> unusable = new HashMap<>();
        pictures.rejected().forEach(r -> unusable.put(r.path(), r));
        Map<String, Line> usable = new LinkedHashMap<>();
        for (Entry e : pictures.entries()) {
            List<Line> of = lines.remove(e.name());
            String problem = of == null ? "present but in no row of " + name : problem(of);
            if (problem == null) {
                usable.put(e.name(), of.get(0));
            } else {
                rejected.add(new Rejection(e.name(), problem, of != null));
            }
        }
        lines.keySet().forEach(p -> {
            Rejection known = unusable.remove(p);
            rejected.add(known != null ? known : new Rejection(p, "named in " + name + " but absent", true));
        });
        unusable.values().forEach(r -> rejected.add(new Rejection(r.path(), r.reason(), false)));
        return listing(usable);
    }

    private Listing listing(Map<String, Line> usable) {
        if (separator != null) {
            return several(usable);
        }
        TreeSet<String> names = new TreeSet<>();
        usable.values().forEach(l -> names.add(l.label()));
        List<String> classes = List.copyOf(names);
        Map<String, Integer> labels = ClassOrder.numbers(classes);
        List<Entry> entries = new ArrayList<>();
        usable.forEach((path, line) -> {
            entries.add(new Entry(path, labels.get(line.label()), official(path, line), weightOf(line), line.group()));
        });
        return new Listing(classes, entries, rejected, pictures.source(), pictures.species());
    }

    /** Pictures of several classes, or none. */
    private Listing several(Map<String, Line> usable) {
        Map<String, TreeSet<String>> sets = new LinkedHashMap<>();
        TreeSet<String> names = new TreeSet<>();
        usable.forEach((path, line) -> {
            TreeSet<String> of = new TreeSet<>();
            for (String one : line.label().split(Pattern.quote(separator), -1)) {
                if (!one.isBlank()) {
                    of.add(one.strip());
                }
            }
            names.addAll(of);
            sets.put(path, of);
        });
        List<String> classes = List.copyOf(names);
        Map<String, Integer> labels = ClassOrder.numbers(classes);
        Map<String, Integer> strata = strata(sets.values());
        List<Entry> entries = new ArrayList<>();
        sets.forEach((path, of) -> {
            Line line = usable.get(path);
            List<Integer> own = of.stream().map(labels::get).toList();
            entries.add(new Entry(
                    path, strata.get(of.toString()), official(path, line), weightOf(line), line.group(), own));
        });
        return new Listing(classes, entries, rejected, pictures.source(), pictures.species());
    }

    /**
     * A number for each set of classes, which splits and folds are stratified by. Sets of few pictures have one
     * together: of each by itself a share of one or two pictures would be none.
     */
    private static Map<String, Integer> strata(Collection<TreeSet<String>> sets) {
        Map<String, Integer> sizes = new TreeMap<>();
        sets.forEach(s -> sizes.merge(s.toString(), 1, Integer::sum));
        Map<String, Integer> strata = new HashMap<>();
        int next = 1;
        for (Map.Entry<String, Integer> e : sizes.entrySet()) {
            strata.put(e.getKey(), e.getValue() < LEAST_STRATUM ? 0 : next++);
        }
        return strata;
    }

    private Official official(String path, Line line) {
        return table.splits() ? part(line) : parts.getOrDefault(path, Official.NONE);
    }

    private static double weightOf(Line line) {
        return line.weight() == null ? 1 : weight(line.weight());
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

    /** A path as the source names it: below the root, where the table has the whole path. */
    private String below(String path) {
        String root = pictures.source().where();
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
