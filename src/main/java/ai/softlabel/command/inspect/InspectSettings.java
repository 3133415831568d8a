package ai.softlabel.command.inspect;

/**
 * The settings of {@code inspect}, checked.
 *
 * @param data path of the pictures, or null for the built-in sample
 * @param out directory for the report
 * @param split share of a random test part; null for the data's default, 0 for its official lists
 * @param validation share of the training pictures held out, in [0, 1)
 * @param seed seed of the split
 * @param maxRejected largest accepted share of rejected pictures
 * @param replace whether to overwrite an earlier inspection in {@code out}
 */
public record InspectSettings(
        String data, String out, Double split, double validation, long seed, double maxRejected, boolean replace) {}
