package ai.softlabel.calibrate;

import ai.softlabel.Seeds;
import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What cross-validation fits on: set 0 is all predictions, every other one all but a fold. A prediction's fold is
 * hashed from its name.
 *
 * @param count the number of predictions
 * @param left the fold that each set leaves out; -1 for set 0
 */
record Folds(long count, int[] left) implements Serializable {
    static final int FOLDS = 5;

    /** Folds that hold some predictions, but not all. */
    static Folds of(Predictions data) {
        ExactSums counts = data.sum(FOLDS, (d, to) -> to.add(fold(d), 1));
        long count =
                Math.round(IntStream.range(0, FOLDS).mapToDouble(counts::get).sum());
        int[] used = IntStream.range(0, FOLDS)
                .filter(f -> counts.get(f) > 0 && counts.get(f) < count)
                .toArray();
        return new Folds(
                count, IntStream.concat(IntStream.of(-1), IntStream.of(used)).toArray());
    }

    /** All predictions, and no folds. */
    static Folds none(long count) {
        return new Folds(count, new int[] {-1});
    }

    static int fold(Labelled d) {
        return fold(d.name());
    }

    static int fold(String name) {
        return Math.floorMod(Seeds.key(0, "fold", name), FOLDS);
    }

    int sets() {
        return left.length;
    }

    /** Whether a set is fitted on predictions of a fold. */
    boolean fits(int set, int fold) {
        return left[set] != fold;
    }

    /** By fold the map that was fitted without it; of a fold that no set leaves out, the map of all predictions. */
    <T> List<T> maps(List<T> sets) {
        return IntStream.range(0, FOLDS)
                .mapToObj(f -> sets.get(Math.max(0, without(f))))
                .toList();
    }

    /** The set that leaves a fold out, or -1. */
    int without(int fold) {
        for (int set = 1; set < left.length; set++) {
            if (left[set] == fold) {
                return set;
            }
        }
        return -1;
    }
}
