package ai.softlabel.train;

import ai.softlabel.Ranked;
import ai.softlabel.Seeds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A replica's items, which have an order of their own in each epoch. */
@FunctionalInterface
interface Items<T> {
    Order<T> order(long seed, int epoch);

    /** Items in memory: in the order of a hash of seed, epoch and name. */
    static <T extends Ranked> Items<T> of(List<T> items) {
        return (seed, epoch) -> {
            List<T> order = sorted(items, seed, epoch);
            return new Order<>() {
                private int at;

                @Override
                public T next() {
                    T item = order.get(at);
                    at = (at + 1) % order.size();
                    return item;
                }
            };
        };
    }

    /**
     * Items in memory, from each class alike: the classes take turns, in an order of each round's own; a class's items
     * come in the order of {@link #of}, and when all have come, again in another.
     */
    static <T extends Ranked> Items<T> balanced(List<T> items) {
        return (seed, epoch) -> {
            Map<Integer, List<T>> classes = new TreeMap<>();
            items.forEach(t ->
                    classes.computeIfAbsent(t.label(), l -> new ArrayList<>()).add(t));
            Map<Integer, List<T>> current = new TreeMap<>();
            return new Order<>() {
                private List<Integer> turns = List.of();
                private int at;
                private int round = -1;

                @Override
                public T next() {
                    if (at == turns.size()) {
                        at = 0;
                        round++;
                        turns = classes.keySet().stream()
                                .sorted(Comparator.comparingLong(
                                        label -> Seeds.key(seed, "sampler", epoch, round, label)))
                                .toList();
                    }
                    int label = turns.get(at++);
                    int size = classes.get(label).size();
                    if (round % size == 0) {
                        current.put(label, again(classes.get(label), seed, epoch, round / size));
                    }
                    return current.get(label).get(round % size);
                }
            };
        };
    }

    private static <T extends Ranked> List<T> again(List<T> items, long seed, int epoch, int turn) {
        return turn == 0
                ? sorted(items, seed, epoch)
                : items.stream()
                        .sorted(Comparator.comparingLong((T t) -> Seeds.key(seed, "order", epoch, t.name(), turn))
                                .thenComparing(Ranked::name))
                        .toList();
    }

    /** By the hash, then by name. */
    static <T extends Ranked> List<T> sorted(List<T> items, long seed, int epoch) {
        return items.stream()
                .sorted(Comparator.comparingLong((T t) -> Seeds.key(seed, "order", epoch, t.name()))
                        .thenComparing(Ranked::name))
                .toList();
    }
}
