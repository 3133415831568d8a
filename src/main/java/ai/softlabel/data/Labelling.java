package ai.softlabel.data;

import ai.softlabel.JobException;
import ai.softlabel.Rejection;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Listing.Official;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What data holds, wherever its names are.
 *
 * @param classes the classes' names, by label
 * @param outcomes what becomes of each name
 * @param source reads the pictures, on any executor
 * @param species see {@link Listing#species}
 * @param order of the outcomes
 * @param sets how labels are sets of classes; null where each is a class
 */
record Labelling(List<String> classes, Bag<Outcome> outcomes, Source source, boolean species, Order order, Sets sets) {
    private static final int LEAST_STRATUM = 10;

    /**
     * Labels that are sets of classes.
     *
     * @param separator what stands between the classes of a label
     * @param strata a number for each set of classes, as text, which splits and folds are stratified by
     */
    record Sets(String separator, Map<String, Integer> strata) implements Serializable {
        static TreeSet<String> of(String label, String separator) {
            TreeSet<String> of = new TreeSet<>();
            for (String one : label.split(Pattern.quote(separator), -1)) {
                if (!one.isBlank()) {
                    of.add(one.strip());
                }
            }
            return of;
        }
    }

    /** The names of a label's classes: one, or a set in the order of their names. */
    static List<String> classes(String label, Sets sets) {
        return sets == null ? List.of(label) : List.copyOf(Sets.of(label, sets.separator()));
    }

    /** The labels of pictures, and how many have each. */
    private static final class Labels implements Bag.Sum<Outcome, Labels> {
        private static final long serialVersionUID = 1;

        private final Map<String, Integer> counts = new HashMap<>();

        @Override
        public void add(Outcome outcome) {
            if (outcome.used()) {
                counts.merge(outcome.row().label(), 1, Integer::sum);
            }
        }

        @Override
        public void plus(Labels other) {
            other.counts.forEach((label, count) -> counts.merge(label, count, Integer::sum));
        }
    }

    /** Data whose classes are not known. */
    static Labelling unlabelled(Bag<Outcome> pictures, Source source, Order order) {
        return new Labelling(List.of(), pictures, source, false, order, null);
    }

    /**
     * Counts the outcomes.
     *
     * @throws JobException of status 3 where a task could not list its names
     */
    Outcomes counted() {
        Order by = order;
        return outcomes.sum(() -> new Outcomes(by)).requireListed();
    }

    /**
     * The same pictures with other labels; the classes in the order of their names.
     *
     * @param separator what stands between the classes of a label, or null where each label is a class
     */
    Labelling labelled(Bag<Outcome> labelled, String separator) {
        Map<String, Integer> labels = labelled.sum(Labels::new).counts;
        if (separator == null) {
            return new Labelling(List.copyOf(new TreeSet<>(labels.keySet())), labelled, source, species, order, null);
        }
        TreeSet<String> names = new TreeSet<>();
        TreeMap<String, Integer> sizes = new TreeMap<>();
        labels.forEach((label, count) -> {
            TreeSet<String> of = Sets.of(label, separator);
            names.addAll(of);
            sizes.merge(of.toString(), count, Integer::sum);
        });
        Sets sets = new Sets(separator, strata(sizes));
        return new Labelling(List.copyOf(names), labelled, source, species, order, sets);
    }

    /**
     * A number for each set of classes. Sets of few pictures have one together: of each by itself a share of one or two
     * pictures would be none.
     */
    private static Map<String, Integer> strata(TreeMap<String, Integer> sizes) {
        Map<String, Integer> strata = new HashMap<>();
        int next = 1;
        for (Map.Entry<String, Integer> e : sizes.entrySet()) {
            strata.put(e.getKey(), e.getValue() < LEAST_STRATUM ? 0 : next++);
        }
        return strata;
    }

    /** The same on the driver, with all names. */
    Listing listing() {
        Map<String, Integer> numbers = ClassOrder.numbers(classes);
        List<Outcome> all = new ArrayList<>(outcomes.toList());
        all.sort(order);
        List<Entry> entries = new ArrayList<>();
        List<Rejection> rejected = new ArrayList<>();
        for (Outcome o : all) {
            if (o.used()) {
                entries.add(entry(o.row(), numbers));
            } else {
                rejected.add(o.rejection());
            }
        }
        return new Listing(classes, entries, rejected, source, species);
    }

    private Entry entry(PackedFile.Row row, Map<String, Integer> numbers) {
        Official official = Official.valueOf(row.part());
        if (sets == null) {
            return new Entry(row.path(), numbers.get(row.label()), official, row.weight(), row.group());
        }
        TreeSet<String> of = Sets.of(row.label(), sets.separator());
        List<Integer> own = of.stream().map(numbers::get).sorted().toList();
        return new Entry(row.path(), sets.strata().get(of.toString()), official, row.weight(), row.group(), own);
    }
}
