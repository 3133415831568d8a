package ai.softlabel.command.inspect;

import ai.softlabel.data.HeldOut;
import ai.softlabel.data.LabelSource;
import ai.softlabel.data.Split;

/**
 * The settings of {@code inspect}, checked.
 *
 * @param data path of the pictures, or null for the built-in sample
 * @param labels where the labels come from
 * @param out directory for the report
 * @param split share of a test part that is drawn; null for the data's default, 0 for its official lists
 * @param way how that share is drawn
 * @param validation the training pictures held out
 * @param seed seed of the split
 * @param maxRejected largest accepted share of rejected pictures
 * @param replace whether to overwrite an earlier inspection in {@code out}
 */
public record InspectSettings(
        String data,
        LabelSource labels,
        String out,
        Double split,
        Split.Way way,
        HeldOut validation,
        long seed,
        double maxRejected,
        boolean replace) {
    /** Labels of the folder's layout, a share drawn at random. */
    public InspectSettings(
            String data, String out, Double split, HeldOut validation, long seed, double maxRejected, boolean replace) {
        this(data, LabelSource.LAYOUT, out, split, Split.Way.RANDOM, validation, seed, maxRejected, replace);
    }
}
