package ai.softlabel.command.inspect;

/**
 * The settings of {@code inspect}, checked.
 *
 * @param data where the pictures are, or null for the built-in sample
 * @param out where the report goes
 * @param split share of random testing: null for what the data suggests, 0 for its own lists
 * @param validation share of the training pictures held out, in [0, 1)
 * @param seed the seed that the split follows
 * @param maxRejected most pictures that may be rejected, as a share
 * @param replace whether an earlier inspection in {@code out} is written over
 */
public record InspectSettings(
        String data, String out, Double split, double validation, long seed, double maxRejected, boolean replace) {}
