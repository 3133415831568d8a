package ai.softlabel.command.evaluate;

/**
 * The settings of {@code evaluate}, checked.
 *
 * @param model the run directory whose model is scored
 * @param data where the pictures are, or null for the built-in sample
 * @param out where the report goes
 * @param maxRejected most pictures that may be rejected, as a share
 * @param replace whether an earlier result of the command in {@code out} is written over
 */
public record EvaluateSettings(String model, String data, String out, double maxRejected, boolean replace) {}
