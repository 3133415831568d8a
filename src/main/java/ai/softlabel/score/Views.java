package ai.softlabel.score;

import ai.softlabel.Example;
import ai.softlabel.Seeds;
import ai.softlabel.data.Crop;
import java.io.Serializable;

/**
 * The crops of a picture that a body makes features of: its middle, as it is scored, the mirror image of that, and then
 * random ones.
 *
 * @param count how many, at least 1
 * @param minScale least area of a random crop, in (0, 1]
 * @param seed seed of the random crops
 */
public record Views(int count, double minScale, long seed) implements Serializable {
    /** The views that scoring looks at. */
    static Views scored(boolean flip) {
        return new Views(flip ? 2 : 1, 1, 0);
    }

    /** The same, with those that scoring looks at among them. */
    public Views andScored(boolean flip) {
        return new Views(Math.max(count, scored(flip).count), minScale, seed);
    }

    Crop crop(Example e, int view, int size) {
        return view < 2
                ? Crop.center(e.pixels(), size, view == 1)
                : Crop.random(e.pixels(), minScale, Seeds.stream(seed, "augment", view, e.name()));
    }
}
