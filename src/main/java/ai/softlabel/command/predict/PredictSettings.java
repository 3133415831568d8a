package ai.softlabel.command.predict;

/**
 * The settings of {@code predict}, checked.
 *
 * @param model the run directory whose model is asked
 * @param data where the pictures are, in any layout, or null for the built-in sample
 * @param out where the predictions go
 * @param maxRejected most pictures that may be rejected, as a share
 * @param replace whether an earlier result of the command in {@code out} is written over
 */
public record PredictSettings(String model, String data, String out, double maxRejected, boolean replace) {}
