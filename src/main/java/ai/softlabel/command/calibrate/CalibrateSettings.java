package ai.softlabel.command.calibrate;

/**
 * The settings of {@code calibrate}, checked.
 *
 * @param model the run directory whose model is recalibrated
 */
public record CalibrateSettings(String model) {}
