package ai.softlabel.data;

import ai.softlabel.Pixels;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The sides, in pixels, of the squares at which a picture is scored; its logits are averaged over them. Pictures are
 * stored for the largest one.
 *
 * @param all the largest first, each once; may be given in any order
 */
public record PictureSizes(List<Integer> all) implements Serializable {
    private static final int MOST = 3;

    public PictureSizes {
        all = all.stream().sorted(Comparator.reverseOrder()).toList();
        if (all.isEmpty()
                || all.get(all.size() - 1) < 1
                || all.stream().distinct().count() < all.size()) {
            throw new IllegalArgumentException("expected different picture sizes of at least 1, found " + all);
        }
    }

    /**
     * More sizes take the memory of as many networks; a much smaller one would leave out pixels between those it reads.
     */
    public boolean sensible() {
        return all.size() <= MOST && 2 * smallest() >= largest();
    }

    public static PictureSizes of(int... sizes) {
        return new PictureSizes(Arrays.stream(sizes).boxed().toList());
    }

    /** Sizes with commas: "320,224"; empty for what is not that. */
    public static Optional<PictureSizes> parse(String text) {
        try {
            return Optional.of(of(Arrays.stream(text.split(",", -1))
                    .mapToInt(s -> Integer.parseInt(s.trim()))
                    .toArray()));
        } catch (IllegalArgumentException e) {
            // A text that is no number is one of these too.
            return Optional.empty();
        }
    }

    public int largest() {
        return all.get(0);
    }

    public int smallest() {
        return all.get(all.size() - 1);
    }

    public boolean several() {
        return all.size() > 1;
    }

    /** As on the command line: "224", or "320,224". */
    public String text() {
        return all.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /**
     * The square in the middle that is scored at one of the sizes: as much of the picture as if it were stored for that
     * size.
     *
     * @param p a picture that is stored for the largest size
     */
    public Crop center(Pixels p, int size, boolean mirrored) {
        long side = Math.round((double) size * Preprocessing.shortSide(largest()) / Preprocessing.shortSide(size));
        return Crop.center(p, (int) Math.min(side, Math.min(p.width(), p.height())), mirrored);
    }
}
