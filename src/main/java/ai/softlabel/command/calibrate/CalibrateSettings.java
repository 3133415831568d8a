package ai.softlabel.command.calibrate;

import ai.softlabel.calibrate.RecalibrationMethod;

/**
 * The settings of {@code softlabel calibrate}, checked.
 *
 * @param model the run directory whose model is recalibrated
 * @param recalibrate the method, or auto for the one that cross-validation chooses
 */
public record CalibrateSettings(String model, RecalibrationMethod recalibrate) {}
