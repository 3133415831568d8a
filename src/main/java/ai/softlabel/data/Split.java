package ai.softlabel.data;

import ai.softlabel.JobException;
import ai.softlabel.Part;
import ai.softlabel.Rejection;
import ai.softlabel.Seeds;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Listing.Official;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which pictures are for what. Pictures of one group (an animal, a patient, a camera) are never drawn apart: all of
 * them are for training, for validation or for testing.
 *
 * @param way how the pictures for testing are drawn
 * @param share share of all pictures that is drawn for testing, in (0, 1), or 0 for the data's own lists
 * @param validation the training pictures held out for validation, beside those that the data itself names
 */
public record Split(Way way, double share, HeldOut validation) {
    /** The share drawn for testing where the data has no lists of its own and no share was given. */
    public static final double DEFAULT_RANDOM = 0.2;

    /** What the hash of the order in which a part is spread is for. */
    static final String SPREAD = "spread";

    /** How pictures for testing are drawn. */
    public enum Way {
        /** At random, from all classes together. */
        RANDOM,
        /** At random, the same share of each class. */
        STRATIFIED,
        /** At random, from data that has groups. */
        GROUP,
        /**
         * By a hash of the picture's name, or of its group, alone: pictures that come later never move others from part
         * to part. The share is met on average only.
         */
        HASH;

        private String prefix() {
            return name().toLowerCase(Locale.ROOT) + ":";
        }

        /** The ways as they are said on the command line. */
        public static String names() {
            return Arrays.stream(values()).map(w -> w.prefix() + "FRACTION").collect(Collectors.joining(", "));
        }
    }

    /** Shares drawn at random. */
    public Split(double random, double validation) {
        this(Way.RANDOM, random, new HeldOut(validation, false));
    }

    /**
     * The share that is drawn, of a text such as {@link #text} gives: 0 for "official", null for what is neither that
     * nor a way and a share in (0, 1).
     */
    public static Double share(String text) {
        if (text.equals("official")) {
            return 0.0;
        }
        try {
            double share = Double.parseDouble(text.substring(way(text).prefix().length()));
            return text.startsWith(way(text).prefix()) && share > 0 && share < 1 ? share : null;
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            return null;
        }
    }

    /** The way of a text such as {@link #text} gives; random where it names none. */
    public static Way way(String text) {
        return Arrays.stream(Way.values())
                .filter(w -> text.startsWith(w.prefix()))
                .findFirst()
                .orElse(Way.RANDOM);
    }

    /** As it is said on the command line. */
    public String text() {
        return share == 0 ? "official" : way.prefix() + share;
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
        if (share > 0) {
            List<Unit> units = Unit.of(listing.entries());
            // Each class by itself, or all of them together.
            for (List<Unit> of : way == Way.STRATIFIED ? byClass(units) : List.of(units)) {
                draw(of, share, seed, "split", parts.get(Part.TEST), parts.get(Part.TRAIN));
            }
        } else {
            for (Entry e : listing.entries()) {
                switch (e.official()) {
                    case TRAIN -> parts.get(Part.TRAIN).add(e);
                    case VALIDATION -> parts.get(Part.VALIDATION).add(e);
                    case TEST -> parts.get(Part.TEST).add(e);
                    default -> rejected.add(leftOut(e.name()));
                }
            }
        }
        holdOut(parts, seed);
        parts.replaceAll((part, entries) -> entries.stream()
                .map(e -> new Keyed<>(Seeds.key(seed, SPREAD, e.name()), e.name(), e))
                .sorted(Keyed.order())
                .map(Keyed::of)
                .toList());
        return parts;
    }

    /**
     * The folds of the training pictures, cut as the test part was: at random where that is drawn at random. A data
     * set's own lists may part pictures by their place in the numbering, and neighbours may show the same animal, as
     * the pets' do: then a class is cut into runs of neighbours.
     *
     * @param count number of folds, at least 2
     */
    public FoldCuts cuts(Listing listing, long seed, int count) {
        List<Entry> train = assign(listing, seed, new ArrayList<>()).get(Part.TRAIN);
        FoldCuts.Builder cuts = new FoldCuts.Builder(seed, share == 0, count);
        for (List<Unit> of : byClass(Unit.of(train))) {
            long size = of.stream().mapToLong(u -> u.entries().size()).sum();
            long before = 0;
            for (Unit unit : share > 0 ? sorted(of, seed, FoldCuts.PURPOSE) : byNumber(of)) {
                cuts.add((int) (before * count / size), unit.name(), unit.label(), unit.entries());
                before += unit.entries().size();
            }
        }
        return cuts.build();
    }

    private static List<Unit> byNumber(List<Unit> units) {
        record Numbered(String key, Unit unit) {}
        return units.stream()
                .map(u -> new Numbered(FoldCuts.natural(u.name()), u))
                .sorted(Comparator.comparing(Numbered::key))
                .map(Numbered::unit)
                .toList();
    }

    /**
     * The split that holds for this data: the data's own lists where it has them and no share was given.
     *
     * @param given the share that was given, 0 for the data's own lists, or null
     */
    public static Split of(Way way, Double given, HeldOut validation, Listing listing) {
        return of(
                way,
                given,
                validation,
                listing.entries().stream().anyMatch(e -> e.official() != Official.NONE),
                listing.entries().stream().anyMatch(e -> e.group() != null));
    }

    /**
     * The same.
     *
     * @param hasLists whether the data has lists of its own
     * @param hasGroups whether pictures are in groups
     */
    public static Split of(Way way, Double given, HeldOut validation, boolean hasLists, boolean hasGroups) {
        if (given == null) {
            return new Split(Way.RANDOM, hasLists ? 0 : DEFAULT_RANDOM, validation);
        }
        if (way == Way.HASH && given > 0 && validation.neighbours()) {
            throw JobException.options(
                    "expected --validation with a fraction alone for --split hash:%s, whose pictures never move between parts, found %s; leave neighbours: out",
                    given, validation.text());
        }
        if (given == 0 && !hasLists) {
            throw JobException.options(
                    "expected data with lists, train/ and test/ folders or a column of splits for --split official, found none of them;"
                            + " use --split random:%s",
                    DEFAULT_RANDOM);
        }
        if (way == Way.GROUP && !hasGroups) {
            throw JobException.options(
                    "expected labels with a column of groups for --split group:%s, found no group; name the column with --columns group=NAME, or use --split random:%s",
                    given, given);
        }
        return new Split(way, given, validation);
    }

    /** The same for a share drawn at random. */
    public static Split of(Double random, double validation, Listing listing) {
        return of(Way.RANDOM, random, new HeldOut(validation, false), listing);
    }

    private void holdOut(Map<Part, List<Entry>> parts, long seed) {
        Collection<List<Unit>> classes = byClass(Unit.of(parts.get(Part.TRAIN)));
        parts.get(Part.TRAIN).clear();
        for (List<Unit> of : classes) {
            if (validation.neighbours()) {
                drawRun(of, seed, parts.get(Part.VALIDATION), parts.get(Part.TRAIN));
            } else {
                draw(of, validation.share(), seed, "validation", parts.get(Part.VALIDATION), parts.get(Part.TRAIN));
            }
        }
    }

    /**
     * Draws a run of a class's units in the order of their numbers: from where the seed says, on past the last to the
     * first.
     */
    private void drawRun(List<Unit> units, long seed, List<Entry> drawn, List<Entry> rest) {
        List<Unit> run = new ArrayList<>(byNumber(units));
        Collections.rotate(
                run, -Math.floorMod(Seeds.key(seed, "validation", run.get(0).name()), run.size()));
        long size = run.stream().mapToLong(u -> u.entries().size()).sum();
        long wanted = Math.round(validation.share() * size);
        long have = 0;
        for (Unit unit : run) {
            int more = unit.entries().size();
            // A run ends at the first that would take it further from what is wanted.
            boolean in = have >= 0 && nearer(have, more, wanted);
            (in ? drawn : rest).addAll(unit.entries());
            have = in ? have + more : -1;
        }
    }

    /** Draws a share of the pictures, in the order of the units' keys; the others go to {@code rest}. */
    private void draw(List<Unit> units, double part, long seed, String purpose, List<Entry> drawn, List<Entry> rest) {
        long size = units.stream().mapToLong(u -> u.entries().size()).sum();
        long wanted = Math.round(part * size);
        long have = 0;
        for (Unit unit : sorted(units, seed, purpose)) {
            int more = unit.entries().size();
            boolean in = hashed() ? below(Seeds.key(seed, purpose, unit.name()), part) : nearer(have, more, wanted);
            (in ? drawn : rest).addAll(unit.entries());
            have += in ? more : 0;
        }
    }

    /** Whether pictures are drawn by their names' hashes alone. */
    boolean hashed() {
        return way == Way.HASH && share > 0;
    }

    /** Whether a hash is in this share of all: by its upper 53 bits, as a number in [0, 1). */
    static boolean below(long hash, double share) {
        return (hash >>> 11) * 0x1p-53 < share;
    }

    /**
     * Whether so many pictures more are nearer to what is wanted; of single pictures that holds for the first so many.
     */
    static boolean nearer(long have, long more, long wanted) {
        return 2 * have + more <= 2 * wanted;
    }

    /** Why a picture is not used that the data's own lists leave out. */
    static Rejection leftOut(String name) {
        return new Rejection(name, "present but in neither the training nor the test list", false);
    }

    /**
     * Pictures that stay together: a group, or a picture that is in none.
     *
     * @param name of the group, or of the picture
     */
    private record Unit(String name, List<Entry> entries) {
        /** Its class: that of its first picture by name. */
        int label() {
            return entries.get(0).label();
        }

        static List<Unit> of(List<Entry> entries) {
            List<Unit> units = new ArrayList<>();
            Map<String, List<Entry>> groups = new TreeMap<>();
            for (Entry e : entries) {
                if (e.group() == null) {
                    units.add(new Unit(e.name(), List.of(e)));
                } else {
                    groups.computeIfAbsent(e.group(), g -> new ArrayList<>()).add(e);
                }
            }
            groups.forEach((group, of) -> units.add(new Unit(
                    group, of.stream().sorted(Comparator.comparing(Entry::name)).toList())));
            return units;
        }
    }

    private static Collection<List<Unit>> byClass(List<Unit> units) {
        Map<Integer, List<Unit>> classes = new TreeMap<>();
        units.forEach(
                u -> classes.computeIfAbsent(u.label(), l -> new ArrayList<>()).add(u));
        return classes.values();
    }

    /** Something with its place: the key is computed once, not in each comparison. */
    private record Keyed<T>(long key, String name, T of) {
        static <T> Comparator<Keyed<T>> order() {
            return Comparator.comparingLong((Keyed<T> k) -> k.key()).thenComparing(Keyed::name);
        }
    }

    private static List<Unit> sorted(List<Unit> units, long seed, String purpose) {
        return units.stream()
                .map(u -> new Keyed<>(Seeds.key(seed, purpose, u.name()), u.name(), u))
                .sorted(Keyed.order())
                .map(Keyed::of)
                .toList();
    }
}
