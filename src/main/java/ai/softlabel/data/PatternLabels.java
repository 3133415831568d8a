package ai.softlabel.data;

import ai.softlabel.Rejection;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Listing.Official;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Labels pictures by their names: the class is the first group of a regular expression that is found in the file's name
 * (as by fastai's {@code from_name_re}), or in the path below the root where the expression has a slash.
 */
final class PatternLabels {
    private PatternLabels() {}

    /**
     * @param pictures all pictures that there are
     * @param parts in which part the folder itself puts a picture
     * @return the labelled pictures; the classes in the order of their names
     */
    static Listing listing(String pattern, Listing pictures, Map<String, Official> parts) {
        Pattern compiled = Pattern.compile(pattern);
        boolean path = pattern.contains("/");
        Map<String, String> found = new LinkedHashMap<>();
        List<Rejection> rejected = new ArrayList<>(pictures.rejected());
        for (Entry e : pictures.entries()) {
            Matcher m = compiled.matcher(
                    path ? e.name() : e.name().substring(e.name().lastIndexOf('/') + 1));
            String label = !m.find() || m.group(1) == null ? null : m.group(1).strip();
            if (label == null || label.isEmpty()) {
                rejected.add(new Rejection(
                        e.name(),
                        label == null ? "its name does not match the label pattern" : "its label is empty",
                        true));
            } else {
                found.put(e.name(), label);
            }
        }
        List<String> classes = List.copyOf(new TreeSet<>(found.values()));
        Map<String, Integer> labels = ClassOrder.numbers(classes);
        List<Entry> entries = new ArrayList<>();
        found.forEach((name, label) ->
                entries.add(new Entry(name, labels.get(label), parts.getOrDefault(name, Official.NONE))));
        return new Listing(classes, entries, rejected, pictures.source(), pictures.species());
    }
}
