package ai.softlabel.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.JobException;
import ai.softlabel.Part;
import ai.softlabel.Seeds;
import ai.softlabel.Sha256;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Listing.Official;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SplitTest {
    private static String digest(Map<Part, List<Entry>> parts) {
        StringBuilder text = new StringBuilder();
        parts.forEach((part, entries) -> entries.forEach(e -> text.append(part)
                .append(' ')
                .append(e.name())
                .append(' ')
                .append(e.label())
                .append('\n')));
        return Sha256.of(text.toString()).substring(0, 16);
    }

    /** Ranks are part of what a seed promises: these digests may not change. */
    @ParameterizedTest
    @CsvSource({"0,0,1,88a5fdf7aa970691", "0,0.25,7,7390e77a55f6e278", "0.2,0.1,42,24b8603003bfab6b"})
    void ranksStayWhatTheyWere(double random, double validation, long seed, String expected) {
        Listing sample = Layouts.list(null, new Configuration());
        assertEquals(expected, digest(new Split(random, validation).assign(sample, seed, new ArrayList<>())));
    }

    @Test
    void foldsStayWhatTheyWere() {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(TestFolds.of(new Split(0, 0.1), Layouts.list(null, new Configuration()), 3, 5))
                .forEach((name, fold) -> text.append(name).append(fold));
        new TreeMap<>(TestFolds.of(new Split(0.2, 0), Layouts.list(null, new Configuration()), 3, 5))
                .forEach((name, fold) -> text.append(name).append(fold));
        assertEquals("230297779932c0a8", Sha256.of(text.toString()).substring(0, 16));
    }

    /** The data's own validation pictures are for validation, and a share is held out beside them. */
    @Test
    void listedValidationPicturesValidate() {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            entries.add(new Entry("p" + i, 0, i < 20 ? Official.TRAIN : i < 30 ? Official.VALIDATION : Official.TEST));
        }
        Listing listing = new Listing(List.of("one"), entries, List.of(), null);
        Map<Part, List<Entry>> none = new Split(0, 0).assign(listing, 1, new ArrayList<>());
        assertEquals(20, none.get(Part.TRAIN).size());
        assertEquals(10, none.get(Part.VALIDATION).size());
        assertEquals(10, none.get(Part.TEST).size());
        Map<Part, List<Entry>> held = new Split(0, 0.25).assign(listing, 1, new ArrayList<>());
        assertEquals(15, held.get(Part.TRAIN).size());
        assertEquals(15, held.get(Part.VALIDATION).size());
    }

    /**
     * Of each class one run of neighbours (on past the last to the first), whole groups, another run for another seed.
     */
    @Test
    void neighboursAreHeldOutTogether() {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            entries.add(new Entry("p_" + i, i % 2, Official.TRAIN));
        }
        Listing listing = new Listing(List.of("even", "odd"), entries, List.of(), null);
        Set<List<Integer>> runs = new HashSet<>();
        for (long seed = 0; seed < 8; seed++) {
            Map<Part, List<Entry>> parts =
                    new Split(Split.Way.RANDOM, 0, new HeldOut(0.25, true)).assign(listing, seed, new ArrayList<>());
            assertEquals(60, parts.get(Part.TRAIN).size());
            for (int label = 0; label < 2; label++) {
                int of = label;
                List<Integer> places = parts.get(Part.VALIDATION).stream()
                        .filter(e -> e.label() == of)
                        .map(e -> (Integer.parseInt(e.name().substring(2)) - of) / 2)
                        .sorted()
                        .toList();
                assertEquals(10, places.size());
                long ends = places.stream()
                        .filter(p -> !places.contains((p + 1) % 40))
                        .count();
                assertEquals(1, ends, places.toString());
                runs.add(places);
            }
        }
        assertTrue(runs.size() > 8, runs.size() + " runs");
        for (Split.Way way : new Split.Way[] {Split.Way.RANDOM, Split.Way.GROUP}) {
            // Groups of up to seven pictures, and single ones: whole, and no more than is nearest to the share.
            Listing grouped = groups(1000);
            Map<Part, List<Entry>> parts =
                    new Split(way, 0, new HeldOut(0.25, true)).assign(grouped, 3, new ArrayList<>());
            assertEquals(250, parts.get(Part.VALIDATION).size(), 8);
            Map<String, Part> of = new TreeMap<>();
            parts.forEach((part, all) -> all.stream()
                    .filter(e -> e.group() != null)
                    .forEach(e -> assertEquals(part, of.computeIfAbsent(e.group(), g -> part))));
        }
        // A group that is its whole class stays in training.
        List<Entry> one = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            one.add(new Entry("p_" + i, 0, Official.TRAIN, 1, "g"));
        }
        assertEquals(
                20,
                new Split(Split.Way.RANDOM, 0, new HeldOut(0.1, true))
                        .assign(new Listing(List.of("one"), one, List.of(), null), 1, new ArrayList<>())
                        .get(Part.TRAIN)
                        .size());
        assertThrows(JobException.class, () -> Split.of(Split.Way.HASH, 0.2, new HeldOut(0.1, true), groups(100)));
        assertEquals("neighbours:0.25", HeldOut.parse("neighbours:0.25").text());
        assertEquals("0.0", HeldOut.NAMED.text());
        assertNull(HeldOut.parse("neighbours:1"));
        assertNull(HeldOut.parse("runs:0.1"));
    }

    private static Listing groups(int count) {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0, group = 0, left = 1; i < count; i++, left--) {
            if (left == 0) {
                group++;
                left = 1 + group % 7;
            }
            // Groups of 1 to 7 pictures, of two classes; every ninth picture is in none.
            entries.add(new Entry("p" + i, i % 2, Official.TRAIN, 1, i % 9 == 0 ? null : "g" + group));
        }
        return new Listing(List.of("one", "two"), entries, List.of(), null);
    }

    @ParameterizedTest
    @CsvSource({"RANDOM", "STRATIFIED", "GROUP", "HASH"})
    void groupsStayTogether(Split.Way way) {
        Listing listing = groups(1000);
        Split split = Split.of(way, 0.3, new HeldOut(0.2, false), listing);
        Map<Part, List<Entry>> parts = split.assign(listing, 5, new ArrayList<>());
        Map<String, Part> of = new TreeMap<>();
        parts.forEach((part, entries) -> entries.forEach(e -> {
            if (e.group() != null) {
                assertEquals(part, of.computeIfAbsent(e.group(), g -> part), e.group());
            }
        }));
        int slack = way == Split.Way.HASH ? 150 : 30;
        assertEquals(300, parts.get(Part.TEST).size(), slack);
        assertEquals(140, parts.get(Part.VALIDATION).size(), slack);
        Map<String, Integer> folds = TestFolds.of(split, listing, 5, 4);
        Map<String, Integer> fold = new TreeMap<>();
        parts.get(Part.TRAIN).stream()
                .filter(e -> e.group() != null)
                .forEach(e -> assertEquals(
                        folds.get(e.name()), fold.computeIfAbsent(e.group(), g -> folds.get(e.name())), e.group()));
        assertEquals(parts.get(Part.TRAIN).size(), folds.size());
    }

    /** Cuts tell of each picture the fold that a list of all of them in order would. */
    @ParameterizedTest
    @CsvSource({"0", "0.3"})
    void foldsAreCutWhereTheListsBegin(double share) {
        List<List<Integer>> sets = List.of(List.of(), List.of(1), List.of(0, 2));
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            // Numbers that differ in zeros only, groups that are called as pictures are, and have pictures of all sets.
            String name = (i % 2 == 0 ? "p_" : "p_0") + i / 2;
            int set = i % 7 % 3;
            entries.add(new Entry(name, set, Official.TRAIN, 1, i % 5 < 2 ? "p_" + i / 15 : null, sets.get(set)));
        }
        Split split = new Split(share, 0);
        Listing listing = new Listing(List.of("a", "b", "c"), entries, List.of(), null);
        List<List<Entry>> units = new ArrayList<>();
        Map<String, List<Entry>> groups = new TreeMap<>();
        for (Entry e : split.assign(listing, 4, new ArrayList<>()).get(Part.TRAIN)) {
            if (e.group() == null) {
                units.add(List.of(e));
            } else {
                groups.computeIfAbsent(e.group(), g -> new ArrayList<>()).add(e);
            }
        }
        groups.values().forEach(g -> {
            g.sort(Comparator.comparing(Entry::name));
            units.add(g);
        });
        Function<List<Entry>, String> name =
                u -> u.get(0).group() == null ? u.get(0).name() : u.get(0).group();
        Comparator<List<Entry>> order = share == 0
                ? Comparator.comparing(u -> FoldCuts.natural(name.apply(u)))
                : Comparator.comparingLong((List<Entry> u) -> Seeds.key(4, "fold", name.apply(u)))
                        .thenComparing(name);
        Map<String, Integer> expected = new TreeMap<>();
        long[] sizes = new long[3];
        for (int set = 0; set < 3; set++) {
            int label = set;
            List<List<Entry>> of = units.stream()
                    .filter(u -> u.get(0).label() == label)
                    .sorted(order)
                    .toList();
            int size = of.stream().mapToInt(List::size).sum();
            int before = 0;
            for (List<Entry> unit : of) {
                int fold = before * 3 / size;
                unit.forEach(e -> expected.put(e.name(), fold));
                before += unit.size();
                sizes[fold] += unit.size();
            }
        }
        assertEquals(expected, TestFolds.of(split, listing, 4, 3));
        assertArrayEquals(sizes, split.cuts(listing, 4, 3).sizes());
    }

    @Test
    void stratifiedSharesAreEachClasses() {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 220; i++) {
            entries.add(new Entry("p" + i, i < 20 ? 0 : 1, Official.NONE));
        }
        Listing listing = new Listing(List.of("rare", "common"), entries, List.of(), null);
        List<Entry> test = new Split(Split.Way.STRATIFIED, 0.25, HeldOut.NONE)
                .assign(listing, 1, new ArrayList<>())
                .get(Part.TEST);
        assertEquals(5, test.stream().filter(e -> e.label() == 0).count());
        assertEquals(50, test.stream().filter(e -> e.label() == 1).count());
    }

    /** By hash, more pictures change no picture's part; the share is met within four standard deviations. */
    @Test
    void hashesKeepPicturesInTheirParts() {
        List<Entry> entries = new ArrayList<>();
        Map<String, Part> before = Map.of();
        for (int size : new int[] {500, 4000}) {
            while (entries.size() < size) {
                entries.add(new Entry("p" + entries.size(), entries.size() % 3, Official.NONE));
            }
            Listing listing = new Listing(List.of("a", "b", "c"), List.copyOf(entries), List.of(), null);
            Map<String, Part> now = new TreeMap<>();
            new Split(Split.Way.HASH, 0.2, new HeldOut(0.1, false))
                    .assign(listing, 1, new ArrayList<>())
                    .forEach((part, all) -> all.forEach(e -> now.put(e.name(), part)));
            before.forEach((name, part) -> assertEquals(part, now.get(name), name));
            long test = now.values().stream().filter(p -> p == Part.TEST).count();
            long validation =
                    now.values().stream().filter(p -> p == Part.VALIDATION).count();
            assertEquals(0.2 * size, test, 4 * Math.sqrt(0.16 * size));
            assertEquals(0.08 * size, validation, 4 * Math.sqrt(0.0736 * size));
            before = now;
        }
    }

    @Test
    void textsSayTheWay() {
        for (Split split : List.of(
                new Split(0, 0),
                new Split(0.2, 0),
                new Split(Split.Way.STRATIFIED, 0.25, HeldOut.NONE),
                new Split(Split.Way.GROUP, 0.1, HeldOut.NONE),
                new Split(Split.Way.HASH, 0.5, HeldOut.NONE))) {
            assertEquals(split, new Split(Split.way(split.text()), Split.share(split.text()), HeldOut.NONE));
        }
        for (String wrong : List.of("hash", "hash:", "hash:0", "hash:1", "groups:0.2", "x")) {
            assertEquals(null, Split.share(wrong));
        }
    }
}
