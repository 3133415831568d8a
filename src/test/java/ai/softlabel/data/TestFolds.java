package ai.softlabel.data;

import ai.softlabel.Part;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;

/** Folds as a list, which the product does without. */
final class TestFolds {
    private TestFolds() {}

    /** The fold, from 0, of each training picture by its name, see {@link Split#cuts}. */
    static Map<String, Integer> of(Split split, Listing listing, long seed, int count) {
        FoldCuts cuts = split.cuts(listing, seed, count);
        Map<String, Integer> folds = new TreeMap<>();
        split.assign(listing, seed, new ArrayList<>())
                .get(Part.TRAIN)
                .forEach(e -> folds.put(e.name(), cuts.fold(e.name(), e.classes(), e.group())));
        return folds;
    }
}
