package ai.softlabel.train;

import ai.softlabel.Ranked;
import ai.softlabel.Seeds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** A replica's items in an epoch's own order, batch by batch, and the random numbers that belong to them. */
final class Batches<T extends Ranked> {
    private final Recipe recipe;
    private final int epoch;
    private final List<Drawn<T>> order;

    /**
     * An item of the order.
     *
     * @param turn how many times it stands before this place
     */
    private record Drawn<T>(T item, int turn) {}

    Batches(Recipe recipe, int epoch, List<T> items) {
        this.recipe = recipe;
        this.epoch = epoch;
        this.order = recipe.balance().sampled()
                ? balanced(items)
                : shuffled(items, 0).stream().map(t -> new Drawn<>(t, 0)).toList();
    }

    private List<T> shuffled(List<T> items, int turn) {
        return items.stream()
                .sorted(Comparator.comparingLong((T t) -> turn == 0
                                ? Seeds.key(recipe.seed(), "order", epoch, t.name())
                                : Seeds.key(recipe.seed(), "order", epoch, t.name(), turn))
                        .thenComparing(Ranked::name))
                .toList();
    }

    /**
     * As many items as there are, from each class alike. The classes take turns, in an order of each round's own; a
     * class's items come in an order of their own, and when all have come, again in another.
     */
    private List<Drawn<T>> balanced(List<T> items) {
        Map<Integer, List<T>> classes = new TreeMap<>();
        items.forEach(
                t -> classes.computeIfAbsent(t.label(), l -> new ArrayList<>()).add(t));
        Map<Integer, List<T>> current = new TreeMap<>();
        List<Drawn<T>> out = new ArrayList<>();
        for (int round = 0; out.size() < items.size(); round++) {
            int of = round;
            List<Integer> turns = classes.keySet().stream()
                    .sorted(Comparator.comparingLong(label -> Seeds.key(recipe.seed(), "sampler", epoch, of, label)))
                    .toList();
            for (int label : turns) {
                int size = classes.get(label).size();
                if (round % size == 0) {
                    current.put(label, shuffled(classes.get(label), round / size));
                }
                out.add(new Drawn<>(current.get(label).get(round % size), round / size));
            }
        }
        return out.subList(0, items.size());
    }

    private Drawn<T> drawn(int batch, int i) {
        return order.get((int) (((long) batch * recipe.replicaBatch() + i) % order.size()));
    }

    /** The i-th item of a batch. */
    T get(int batch, int i) {
        return drawn(batch, i).item();
    }

    /** How many times that item stands before this place in the epoch's order. */
    int turn(int batch, int i) {
        return drawn(batch, i).turn();
    }

    /** Numbers for an item, of this epoch's and turn's own. */
    SplittableRandom random(String purpose, Ranked item, int turn) {
        return turn == 0
                ? Seeds.stream(recipe.seed(), purpose, epoch, item.name())
                : Seeds.stream(recipe.seed(), purpose, epoch, item.name(), turn);
    }

    /** The same for an item's first turn. */
    void dropout(Ranked item, float[] to, int at, int features) {
        dropout(item, 0, to, at, features);
    }

    /** Fills a row with dropout's multipliers for an item: 0, or 1 / (1 - share). */
    void dropout(Ranked item, int turn, float[] to, int at, int features) {
        double share = recipe.augmentation().dropout();
        SplittableRandom random = random("dropout", item, turn);
        float kept = (float) (1 / (1 - share));
        for (int f = 0; f < features; f++) {
            to[at + f] = random.nextDouble() < share ? 0 : kept;
        }
    }
}
