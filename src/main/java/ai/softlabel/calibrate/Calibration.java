package ai.softlabel.calibrate;

import java.io.Serializable;

/**
 * All that was fitted on pictures that a model did not learn from.
 *
 * @param calibrator the map from logits to probabilities
 * @param selection when to answer, or null
 * @param sets prediction sets, or null
 */
public record Calibration(Calibrator calibrator, Selection selection, PredictionSets sets) implements Serializable {
    /** A map alone. */
    public static Calibration of(Calibrator calibrator) {
        return new Calibration(calibrator, null, null);
    }
}
