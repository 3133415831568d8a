package ai.softlabel.score;

import ai.softlabel.Example;
import ai.softlabel.Seeds;
import ai.softlabel.data.Crop;
import java.io.Serializable;

/**
 * The crops of a picture whose features are computed: the centre crop used for scoring, its mirror image, then random
 * crops.
 *
 * @param count number of views, at least 1
 * @param minScale least area of a random crop, in (0, 1]
 * @param seed seed of the random crops
 */
public record Views(int count, double minScale, long seed) implements Serializable {
    /** The number of views used for scoring. */
    static Views scored(boolean flip) {
        return new Views(flip ? 2 : 1, 1, 0);
    }

    /** The same with at least the views used for scoring. */
    public Views andScored(boolean flip) {
        return new Views(Math.max(count, scored(flip).count), minScale, seed);
    }

    Crop crop(Example e, int view, int size) {
        return view < 2
                ? Crop.center(e.pixels(), size, view == 1)
                : Crop.random(e.pixels(), minScale, Seeds.stream(seed, "augment", view, e.name()));
    }
}
