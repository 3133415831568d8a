package ai.softlabel.command.evaluate;

/**
 * The settings of {@code evaluate}, checked.
 *
 * @param model the run directory whose model is scored
 * @param data path of the pictures, or null for the built-in sample
 * @param out directory for the report
 * @param maxRejected largest accepted share of rejected pictures
 * @param replace whether to overwrite an earlier result of the command in {@code out}
 */
public record EvaluateSettings(String model, String data, String out, double maxRejected, boolean replace) {}
