package ai.softlabel.train;

import ai.softlabel.Ranked;
import ai.softlabel.Seeds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An item of an order.
 *
 * @param turn how many times it stands before this place
 */
record Drawn<T extends Ranked>(T item, int turn) {
    /** Each item once, in the order of {@link Items#sorted}. */
    static <T extends Ranked> List<Drawn<T>> once(List<T> items, long seed, int epoch) {
        return Items.sorted(items, seed, epoch).stream()
                .map(t -> new Drawn<>(t, 0))
                .toList();
    }

    /**
     * As many items as there are, from each class alike. The classes take turns, in an order of each round's own; a
     * class's items come in an order of their own, and when all have come, again in another.
     */
    static <T extends Ranked> List<Drawn<T>> balanced(List<T> items, long seed, int epoch) {
        Map<Integer, List<T>> classes = new TreeMap<>();
        items.forEach(
                t -> classes.computeIfAbsent(t.label(), l -> new ArrayList<>()).add(t));
        Map<Integer, List<T>> current = new TreeMap<>();
        List<Drawn<T>> out = new ArrayList<>();
        for (int round = 0; out.size() < items.size(); round++) {
            int of = round;
            List<Integer> turns = classes.keySet().stream()
                    .sorted(Comparator.comparingLong(label -> Seeds.key(seed, "sampler", epoch, of, label)))
                    .toList();
            for (int label : turns) {
                int size = classes.get(label).size();
                if (round % size == 0) {
                    current.put(label, shuffled(classes.get(label), seed, epoch, round / size));
                }
                out.add(new Drawn<>(current.get(label).get(round % size), round / size));
            }
        }
        return out.subList(0, items.size());
    }

    private static <T extends Ranked> List<T> shuffled(List<T> items, long seed, int epoch, int turn) {
        if (turn == 0) {
            return Items.sorted(items, seed, epoch);
        }
        return items.stream()
                .sorted(Comparator.comparingLong((T t) -> Seeds.key(seed, "order", epoch, t.name(), turn))
                        .thenComparing(Ranked::name))
                .toList();
    }
}
