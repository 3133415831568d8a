package ai.softlabel.command.predict;

/**
 * The settings of {@code predict}, checked.
 *
 * @param model the run directory whose model is used
 * @param data path of the pictures, in any layout, or null for the built-in sample
 * @param out directory for the predictions
 * @param maxRejected largest accepted share of rejected pictures
 * @param replace whether to overwrite an earlier result of the command in {@code out}
 */
public record PredictSettings(String model, String data, String out, double maxRejected, boolean replace) {}
