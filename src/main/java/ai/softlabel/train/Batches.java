package ai.softlabel.train;

import ai.softlabel.Ranked;
import ai.softlabel.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A replica's items in an epoch's own order, batch by batch, and the random numbers that belong to them. */
final class Batches<T extends Ranked> implements AutoCloseable {
    private final Recipe recipe;
    private final int epoch;
    private final Order<T> order;
    private final List<T> items = new ArrayList<>();
    private final int[] turns;
    private int current;

    Batches(Recipe recipe, int epoch, Items<T> items) {
        this(recipe, epoch, items, 0, Place.START);
    }

    /**
     * The batches from a place on.
     *
     * @param first the number of the batch that begins there
     */
    Batches(Recipe recipe, int epoch, Items<T> items, int first, Place from) {
        this.recipe = recipe;
        this.epoch = epoch;
        this.current = first - 1;
        this.order = recipe.balance().sampled()
                ? items.balanced(recipe.seed(), epoch, from)
                : items.order(recipe.seed(), epoch, from);
        this.turns = new int[recipe.replicaBatch()];
    }

    /**
     * The i-th item of a batch.
     *
     * @param batch the last call's or the one after it; the first one at first
     */
    T get(int batch, int i) {
        go(batch);
        return items.get(i);
    }

    /** How many times that item stands before this place in the epoch's order. */
    int turn(int batch, int i) {
        go(batch);
        return turns[i];
    }

    private void go(int batch) {
        if (batch != current) {
            if (batch != current + 1) {
                throw new IllegalArgumentException("expected batch " + (current + 1) + ", found " + batch);
            }
            current = batch;
            items.clear();
            for (int i = 0; i < turns.length; i++) {
                items.add(order.next());
                turns[i] = order.turn();
            }
        }
    }

    /** Where the next batch begins. */
    Place place() {
        return order.place();
    }

    @Override
    public void close() {
        order.close();
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
