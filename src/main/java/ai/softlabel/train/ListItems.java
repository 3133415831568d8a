package ai.softlabel.train;

import ai.softlabel.Ranked;
import java.util.List;

/** Items in memory. */
record ListItems<T extends Ranked>(List<T> items) implements Items<T> {
    @Override
    public Order<T> order(long seed, int epoch, Place from) {
        return cycle(Drawn.once(items, seed, epoch), from);
    }

    @Override
    public Order<T> balanced(long seed, int epoch, Place from) {
        return cycle(Drawn.balanced(items, seed, epoch), from);
    }

    private static <T extends Ranked> Order<T> cycle(List<Drawn<T>> order, Place from) {
        return new Order<>() {
            private int at = from.taken() - 1;

            @Override
            public T next() {
                at = (at + 1) % order.size();
                return order.get(at).item();
            }

            @Override
            public int turn() {
                return order.get(at).turn();
            }

            @Override
            public Place place() {
                return new Place(0, at + 1);
            }
        };
    }
}
