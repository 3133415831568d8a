package ai.softlabel.score;

import ai.softlabel.Example;
import ai.softlabel.Pixels;
import ai.softlabel.Seeds;
import ai.softlabel.data.Crop;
import ai.softlabel.data.PictureSizes;
import java.io.Serializable;

/**
 * The crops of a picture whose features are computed: the centre crop at each size, the largest first, then their
 * mirror images, then random crops at the largest size. Scores are averaged over the first of these.
 *
 * @param count number of views, at least those that scores are averaged over
 * @param minScale least area of a random crop, in (0, 1]
 * @param seed seed of the random crops
 */
public record Views(PictureSizes sizes, int count, double minScale, long seed) implements Serializable {
    /** The views that scores are averaged over: the centre crops, with {@code flip} their mirror images too. */
    static Views scored(PictureSizes sizes, boolean flip) {
        return new Views(sizes, sizes.all().size() * (flip ? 2 : 1), 1, 0);
    }

    /** These and, if fewer than {@code least}, so many further ones. */
    public Views atLeast(int least, double minScale, long seed) {
        return new Views(sizes, Math.max(count, least), minScale, seed);
    }

    /** The side that a view has for the network. */
    int size(int view) {
        return random(view)
                ? sizes.largest()
                : sizes.all().get(view % sizes.all().size());
    }

    /** What a view is cut from. */
    Pixels pixels(Example e, int view) {
        return random(view) ? e.pixels() : e.scored();
    }

    Crop crop(Example e, int view) {
        Pixels from = pixels(e, view);
        return random(view)
                ? Crop.random(from, minScale, Seeds.stream(seed, "augment", view, e.name()))
                : sizes.center(from, size(view), view >= sizes.all().size());
    }

    private boolean random(int view) {
        return view >= 2 * sizes.all().size();
    }
}
