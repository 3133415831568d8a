package ai.softlabel.command.calibrate;

import ai.softlabel.JobException;
import ai.softlabel.calibrate.RecalibrationMethod;
import ai.softlabel.data.LabelSource;

/**
 * The settings of {@code softlabel calibrate}, checked.
 *
 * @param model the run directory whose model is recalibrated
 * @param recalibrate the method, or auto for the one that cross-validation chooses
 * @param evaluated the output of an evaluation of the model on other labelled pictures, to fit on those; null for none
 * @param fresh other labelled pictures, to score and fit on; null for none. With neither, it is the run's own held-out
 *     predictions
 */
public record CalibrateSettings(String model, RecalibrationMethod recalibrate, String evaluated, Fresh fresh) {
    /**
     * Labelled pictures that the model was not trained on.
     *
     * @param data path of the pictures
     * @param labels where the labels come from
     * @param maxRejected largest accepted share of rejected pictures
     */
    public record Fresh(String data, LabelSource labels, double maxRejected) {}

    public CalibrateSettings {
        if (evaluated != null && fresh != null) {
            throw JobException.options(
                    "expected --evaluated or --data, found both; the pictures to fit on follow from one of them, leave the other out");
        }
    }

    /** On the predictions of an evaluation, or on the run's own held-out predictions. */
    public CalibrateSettings(String model, RecalibrationMethod recalibrate, String evaluated) {
        this(model, recalibrate, evaluated, null);
    }

    /** On the run's own held-out predictions. */
    public CalibrateSettings(String model, RecalibrationMethod recalibrate) {
        this(model, recalibrate, null, null);
    }
}
