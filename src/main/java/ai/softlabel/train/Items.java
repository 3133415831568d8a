package ai.softlabel.train;

import ai.softlabel.Ranked;
import ai.softlabel.Seeds;
import java.util.Comparator;
import java.util.List;

/** A replica's items, which have an order of their own in each epoch. */
interface Items<T> {
    /** The epoch's order from a place on. */
    Order<T> order(long seed, int epoch, Place from);

    default Order<T> order(long seed, int epoch) {
        return order(seed, epoch, Place.START);
    }

    /** An order in which the classes take turns: see {@link Drawn#balanced}. */
    Order<T> balanced(long seed, int epoch, Place from);

    default Order<T> balanced(long seed, int epoch) {
        return balanced(seed, epoch, Place.START);
    }

    /** Items in memory: in the order of a hash of seed, epoch and name. */
    static <T extends Ranked> Items<T> of(List<T> items) {
        return new ListItems<>(items);
    }

    /** By the hash, then by name. */
    static <T extends Ranked> List<T> sorted(List<T> items, long seed, int epoch) {
        return items.stream()
                .sorted(Comparator.comparingLong((T t) -> Seeds.key(seed, "order", epoch, t.name()))
                        .thenComparing(Ranked::name))
                .toList();
    }
}
