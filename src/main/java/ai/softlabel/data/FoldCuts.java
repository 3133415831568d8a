package ai.softlabel.data;

import ai.softlabel.Ranked;
import ai.softlabel.Seeds;
import ai.softlabel.data.Listing.Entry;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which fold each training picture is in, without a list of them. The pictures of a class (or their groups) have an
 * order, by a hash or by the numbers in their names, and it is cut where the next fold begins: what is kept are these
 * places, as many as classes times folds, and whatever a picture does not tell itself of its class.
 */
public final class FoldCuts implements Serializable {
    /** What the hash of the order at random is for. */
    static final String PURPOSE = "fold";

    private static final long serialVersionUID = 1;
    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final int LONGEST = 20;

    private final long seed;
    private final boolean byNumber;
    private final long[] sizes;
    private final HashMap<Integer, ArrayList<Cut>> cuts = new HashMap<>();
    // Of data whose pictures may have several classes: the number of each set that has one of its own.
    private final HashMap<List<Integer>, Integer> sets = new HashMap<>();
    private boolean several;
    // Of groups that have pictures of several classes: the class that the group is cut with.
    private final HashMap<String, Integer> groups = new HashMap<>();

    private FoldCuts(long seed, boolean byNumber, int count) {
        this.seed = seed;
        this.byNumber = byNumber;
        this.sizes = new long[count];
    }

    /**
     * A place in a class's order.
     *
     * @param text orders first; empty in the order at random
     * @param last whether it comes after others of the same text
     */
    private record Place(String text, boolean last, long hash, String name, boolean grouped)
            implements Serializable, Comparable<Place> {
        private static final Comparator<Place> ORDER = Comparator.comparing(Place::text)
                .thenComparing(Place::last)
                .thenComparingLong(Place::hash)
                .thenComparing(Place::name)
                .thenComparing(Place::grouped);

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }
    }

    /** Where a fold begins. */
    private record Cut(int fold, Place first) implements Serializable {}

    /** Takes the units of each class, in their order. */
    static final class Builder {
        private final FoldCuts made;

        /** @param byNumber whether the order is that of {@link #natural}, and not at random */
        Builder(long seed, boolean byNumber, int count) {
            made = new FoldCuts(seed, byNumber, count);
        }

        /**
         * Adds a unit.
         *
         * @param label its class's number
         */
        void add(int fold, String name, int label, List<Entry> entries) {
            ArrayList<Cut> own = made.cuts.computeIfAbsent(label, l -> new ArrayList<>());
            if (own.isEmpty() || own.get(own.size() - 1).fold() != fold) {
                own.add(new Cut(fold, made.place(name, entries.get(0).group() != null)));
            }
            made.sizes[fold] += entries.size();
            for (Entry e : entries) {
                if (e.labels() != null) {
                    made.several = true;
                    if (e.label() != 0) {
                        made.sets.put(List.copyOf(e.labels()), e.label());
                    }
                }
                if (e.label() != label) {
                    made.groups.put(e.group(), label);
                }
            }
        }

        FoldCuts build() {
            return made;
        }
    }

    /** A key by which "beagle_9" stands before "beagle_10". */
    static String natural(String name) {
        return NUMBER.matcher(name)
                .replaceAll(m -> "0".repeat(Math.max(0, LONGEST - m.group().length())) + m.group());
    }

    private Place place(String name, boolean grouped) {
        if (!byNumber) {
            return new Place("", false, Seeds.key(seed, PURPOSE, name), name, grouped);
        }
        // Of one text: single pictures as they are ranked, and then groups by their names.
        return new Place(natural(name), grouped, grouped ? 0 : Seeds.key(seed, Split.SPREAD, name), name, grouped);
    }

    /** The fold of a training picture, from 0. */
    public int fold(Ranked picture) {
        return fold(
                picture.name(),
                picture.annotation().labels(),
                picture.annotation().group());
    }

    /**
     * The same.
     *
     * @param labels its classes, ascending
     * @param group or null
     */
    int fold(String name, int[] labels, String group) {
        Place place = place(group == null ? name : group, group != null);
        List<Cut> own = cuts.get(label(labels, group));
        int at = own.size() - 1;
        while (at > 0 && own.get(at).first().compareTo(place) > 0) {
            at--;
        }
        return own.get(at).fold();
    }

    private int label(int[] labels, String group) {
        Integer ofGroup = group == null ? null : groups.get(group);
        if (ofGroup != null) {
            return ofGroup;
        }
        return several ? sets.getOrDefault(Arrays.stream(labels).boxed().toList(), 0) : labels[0];
    }

    /** How many listed pictures each fold has. */
    public long[] sizes() {
        return sizes.clone();
    }
}
