package ai.softlabel.data;

import ai.softlabel.JobException;
import ai.softlabel.Part;
import ai.softlabel.Rejection;
import ai.softlabel.Seeds;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Listing.Official;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;

/**
 * Which pictures are for what.
 *
 * @param random share of all pictures that is drawn at random for testing, in (0, 1), or 0 for the data's own lists
 * @param validation share of the training pictures, of each class alike, that is held out for validation, beside the
 *     validation pictures that the data itself names, in [0, 1)
 */
public record Split(double random, double validation) {
    /** The share drawn for testing where the data has no lists of its own and no share was asked for. */
    public static final double DEFAULT_RANDOM = 0.2;

    private static final String RANDOM = "random:";
    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final int LONGEST = 20;

    /**
     * The share that is drawn at random, of a text such as {@link #text} gives: 0 for "official", null for what is
     * neither that nor "random:" and a share in (0, 1).
     */
    public static Double share(String text) {
        if (text.equals("official")) {
            return 0.0;
        }
        try {
            double share = text.startsWith(RANDOM) ? Double.parseDouble(text.substring(RANDOM.length())) : 0;
            return share > 0 && share < 1 ? share : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** As it is said on the command line. */
    public String text() {
        return random == 0 ? "official" : RANDOM + random;
    }

    /**
     * Assigns every picture, in the order in which a part is spread: by a hash of seed and name.
     *
     * @param rejected gets the pictures that the data's own lists leave out
     */
    public Map<Part, List<Entry>> assign(Listing listing, long seed, List<Rejection> rejected) {
        Map<Part, List<Entry>> parts = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            parts.put(part, new ArrayList<>());
        }
        if (random > 0) {
            List<Entry> all = sorted(listing.entries(), e -> Seeds.key(seed, "split", e.name()));
            int test = (int) Math.round(random * all.size());
            parts.get(Part.TEST).addAll(all.subList(0, test));
            parts.get(Part.TRAIN).addAll(all.subList(test, all.size()));
        } else {
            for (Entry e : listing.entries()) {
                switch (e.official()) {
                    case TRAIN -> parts.get(Part.TRAIN).add(e);
                    case VALIDATION -> parts.get(Part.VALIDATION).add(e);
                    case TEST -> parts.get(Part.TEST).add(e);
                    default ->
                        rejected.add(new Rejection(
                                e.name(), "present but in neither the training nor the test list", false));
                }
            }
        }
        holdOut(parts, seed);
        parts.replaceAll((part, entries) -> sorted(entries, e -> Seeds.key(seed, "spread", e.name())));
        return parts;
    }

    /**
     * A fold, from 0, for each training picture, cut as the test part was: at random where that is drawn at random. A
     * data set's own lists may part pictures by their place in the numbering, and neighbours may show the same animal,
     * as the pets' do: then a class is cut into runs of neighbours.
     *
     * @param count number of folds, at least 2
     */
    public Map<String, Integer> folds(Listing listing, long seed, int count) {
        Map<String, Integer> folds = new TreeMap<>();
        for (List<Entry> of : byClass(assign(listing, seed, new ArrayList<>()).get(Part.TRAIN))) {
            List<Entry> order = random > 0 ? sorted(of, e -> Seeds.key(seed, "fold", e.name())) : byNumber(of);
            for (int i = 0; i < order.size(); i++) {
                folds.put(order.get(i).name(), (int) ((long) i * count / order.size()));
            }
        }
        return folds;
    }

    private static List<Entry> byNumber(List<Entry> entries) {
        record Numbered(String key, Entry entry) {}
        return entries.stream()
                .map(e -> new Numbered(natural(e.name()), e))
                .sorted(Comparator.comparing(Numbered::key))
                .map(Numbered::entry)
                .toList();
    }

    /** A key by which "beagle_9" stands before "beagle_10". */
    private static String natural(String name) {
        return NUMBER.matcher(name)
                .replaceAll(m -> "0".repeat(Math.max(0, LONGEST - m.group().length())) + m.group());
    }

    /**
     * The share of random testing that holds for this data: the data's own lists where it has them and none was asked
     * for.
     */
    public static Split of(Double random, double validation, Listing listing) {
        boolean hasLists = listing.entries().stream().anyMatch(e -> e.official() != Official.NONE);
        if (random == null) {
            return new Split(hasLists ? 0 : DEFAULT_RANDOM, validation);
        }
        if (random == 0 && !hasLists) {
            throw JobException.options(
                    "expected data with lists or train/ and test/ folders for --split official, found a folder for each class only;"
                            + " use --split random:%s",
                    DEFAULT_RANDOM);
        }
        return new Split(random, validation);
    }

    private void holdOut(Map<Part, List<Entry>> parts, long seed) {
        Collection<List<Entry>> classes = byClass(parts.get(Part.TRAIN));
        parts.get(Part.TRAIN).clear();
        for (List<Entry> of : classes) {
            List<Entry> order = sorted(of, e -> Seeds.key(seed, "validation", e.name()));
            int held = (int) Math.round(validation * order.size());
            parts.get(Part.VALIDATION).addAll(order.subList(0, held));
            parts.get(Part.TRAIN).addAll(order.subList(held, order.size()));
        }
    }

    private static Collection<List<Entry>> byClass(List<Entry> entries) {
        Map<Integer, List<Entry>> classes = new TreeMap<>();
        for (Entry e : entries) {
            classes.computeIfAbsent(e.label(), l -> new ArrayList<>()).add(e);
        }
        return classes.values();
    }

    /** A picture with its place: the key is computed once, not in each comparison. */
    private record Keyed(long key, Entry entry) {
        static final Comparator<Keyed> ORDER = Comparator.comparingLong(Keyed::key)
                .thenComparing(k -> k.entry().name());
    }

    private static List<Entry> sorted(List<Entry> entries, ToLongFunction<Entry> key) {
        return entries.stream()
                .map(e -> new Keyed(key.applyAsLong(e), e))
                .sorted(Keyed.ORDER)
                .map(Keyed::entry)
                .toList();
    }
}
