package ai.softlabel.command.calibrate;

import ai.softlabel.calibrate.RecalibrationMethod;

/**
 * The settings of {@code softlabel calibrate}, checked.
 *
 * @param model the run directory whose model is recalibrated
 * @param recalibrate the method, or auto for the one that cross-validation chooses
 * @param evaluated the output of an evaluation of the model on other labelled pictures, to fit on those; null for the
 *     run's own held-out predictions
 */
public record CalibrateSettings(String model, RecalibrationMethod recalibrate, String evaluated) {
    /** On the run's own held-out predictions. */
    public CalibrateSettings(String model, RecalibrationMethod recalibrate) {
        this(model, recalibrate, null);
    }
}
