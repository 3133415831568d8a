package ai.softlabel.train;

import ai.softlabel.Ranked;
import ai.softlabel.Seeds;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/** A replica's items in an epoch's own order, batch by batch, and the random numbers that belong to them. */
final class Batches<T extends Ranked> {
    private final Recipe recipe;
    private final int epoch;
    private final List<T> order;

    Batches(Recipe recipe, int epoch, List<T> items) {
        this.recipe = recipe;
        this.epoch = epoch;
        this.order = items.stream()
                .sorted(Comparator.comparingLong((T t) -> Seeds.key(recipe.seed(), "order", epoch, t.name()))
                        .thenComparing(Ranked::name))
                .toList();
    }

    /** The i-th item of a batch. */
    T get(int batch, int i) {
        return order.get((int) (((long) batch * recipe.replicaBatch() + i) % order.size()));
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
