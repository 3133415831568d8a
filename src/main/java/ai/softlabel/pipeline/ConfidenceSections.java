package ai.softlabel.pipeline;

import ai.softlabel.calibrate.Calibration;
import ai.softlabel.calibrate.FittedCalibrators;
import ai.softlabel.calibrate.PredictionSets;
import ai.softlabel.calibrate.RecalibrationMethod;
import ai.softlabel.calibrate.Selection;
import ai.softlabel.calibrate.SetsFit;
import ai.softlabel.metrics.Summary;
import ai.softlabel.score.Prediction;
import ai.softlabel.score.Subgroups;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;

/** Fits all that {@code calibration.json} holds, and makes the report's sections about it. */
public final class ConfidenceSections {
    private ConfidenceSections() {}

    /**
     * What was fitted.
     *
     * @param calibrators every recalibration
     * @param calibration what the model is used with
     * @param sets every method of prediction sets, or null
     */
    public record Fitted(FittedCalibrators calibrators, Calibration calibration, SetsFit sets) {}

    /** Fits on predictions that the model was not trained on. */
    public static Fitted fit(
            SparkSession session, JavaRDD<Prediction> heldOut, RecalibrationMethod method, ConsoleProgress console) {
        FittedCalibrators r = RecalibratedSection.fit(session, heldOut, method, console);
        Optional<Selection> selection = SelectiveSection.fit(heldOut, r);
        Optional<SetsFit> sets = SetsSection.fit(heldOut, r);
        PredictionSets best = sets.map(SetsFit::best).orElse(null);
        return new Fitted(r, new Calibration(r.best(), selection.orElse(null), best), sets.orElse(null));
    }

    /**
     * Puts the sections of a command that fits.
     *
     * @param test or null
     * @param species see {@link Subgroups#species}
     */
    public static void put(
            ObjectNode report, Fitted f, JavaRDD<Prediction> test, List<String> classes, boolean species) {
        report.set("recalibrated", RecalibratedSection.of(f.calibrators(), test));
        if (f.calibration().selection() != null) {
            report.set(
                    "selective",
                    SelectiveSection.of(
                            f.calibration().selection(), test, f.calibration().calibrator()));
        }
        if (f.sets() != null) {
            report.set("sets", SetsSection.of(f.sets(), test, classes, species));
        }
    }

    /**
     * Puts the sections of a command that uses what a run has.
     *
     * @param recalibrated the summary of the recalibrated predictions
     * @param species see {@link Subgroups#species}
     */
    public static void put(
            ObjectNode report,
            Calibration c,
            Summary recalibrated,
            JavaRDD<Prediction> test,
            List<String> classes,
            boolean species) {
        report.set("recalibrated", RecalibratedSection.of(c.calibrator(), recalibrated));
        if (c.selection() != null) {
            report.set("selective", SelectiveSection.of(c.selection(), test, c.calibrator()));
        }
        if (c.sets() != null) {
            report.set("sets", SetsSection.of(c.sets(), test, classes, species));
        }
    }
}
