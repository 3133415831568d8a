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
    private int current = -1;

    Batches(Recipe recipe, int epoch, Items<T> items) {
        this.recipe = recipe;
        this.epoch = epoch;
        this.order = items.order(recipe.seed(), epoch);
    }

    /**
     * The i-th item of a batch.
     *
     * @param batch the last call's or the one after it, 0 at first
     */
    T get(int batch, int i) {
        if (batch != current) {
            if (batch != current + 1) {
                throw new IllegalArgumentException("expected batch " + (current + 1) + ", found " + batch);
            }
            current = batch;
            items.clear();
            while (items.size() < recipe.replicaBatch()) {
                items.add(order.next());
            }
        }
        return items.get(i);
    }

    @Override
    public void close() {
        order.close();
    }

    /** Numbers for an item, of this epoch's own. */
    SplittableRandom random(String purpose, Ranked item) {
        return Seeds.stream(recipe.seed(), purpose, epoch, item.name());
    }

    /** Fills a row with dropout's multipliers for an item: 0, or 1 / (1 - share). */
    void dropout(Ranked item, float[] to, int at, int features) {
        double share = recipe.augmentation().dropout();
        SplittableRandom random = random("dropout", item);
        float kept = (float) (1 / (1 - share));
        for (int f = 0; f < features; f++) {
            to[at + f] = random.nextDouble() < share ? 0 : kept;
        }
    }
}
