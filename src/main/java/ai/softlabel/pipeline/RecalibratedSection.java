package ai.softlabel.pipeline;

import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.calibrate.FittedCalibrators;
import ai.softlabel.calibrate.Labelled;
import ai.softlabel.calibrate.RecalibrationMethod;
import ai.softlabel.metrics.Summary;
import ai.softlabel.run.CalibrationFile;
import ai.softlabel.run.Json;
import ai.softlabel.run.MetricsSection;
import ai.softlabel.score.Evaluation;
import ai.softlabel.score.Prediction;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/** Recalibrates predictions and makes the report's section about it. */
public final class RecalibratedSection {
    private RecalibratedSection() {}

    /**
     * Fits on predictions that the model was not trained on, and reports what is left out because it would cost too
     * much.
     */
    public static FittedCalibrators fit(
            SparkSession session, JavaRDD<Prediction> heldOut, RecalibrationMethod method, ConsoleProgress console) {
        JavaRDD<Labelled> data =
                heldOut.map(p -> new Labelled(p.path(), p.logits(), p.label())).persist(StorageLevel.MEMORY_AND_DISK());
        try {
            FittedCalibrators r = FittedCalibrators.of(session, data, method);
            r.leftOut().forEach(line -> console.print("%s", line));
            return r;
        } finally {
            data.unpersist(true);
        }
    }

    /** The figures of predictions that a calibrator was applied to. */
    public static Summary score(JavaRDD<Prediction> predictions, Calibrator calibrator) {
        return Evaluation.total(predictions.map(
                p -> new Prediction(p.path(), p.label(), p.partition(), p.logits(), calibrator.apply(p.logits()))));
    }

    /**
     * The section of commands that fit calibrators: the chosen method, its figures on the test part, and the parameters
     * and figures of each method.
     *
     * @param test or null
     */
    public static ObjectNode of(FittedCalibrators r, JavaRDD<Prediction> test) {
        ObjectNode n = Json.object().put("chosen", r.chosen());
        ObjectNode methods = Json.object();
        ObjectNode curves = Json.object();
        r.fitted().forEach((method, calibrator) -> {
            ObjectNode of = methods.putObject(method);
            ObjectNode parameters = CalibrationFile.json(calibrator);
            parameters.remove("method");
            if (calibrator instanceof Calibrator.Temperature t) {
                of.put("parameter", t.temperature());
            } else if (!parameters.isEmpty()) {
                of.set("parameters", parameters);
            }
            Json.put(of, "validation_nll", r.nll().get(method));
            if (test != null) {
                Summary scored = score(test, calibrator);
                figures(of, scored);
                if (method.equals(r.chosen())) {
                    MetricsSection.curves(curves, scored);
                }
            }
        });
        ObjectNode flat = methods.get(r.chosen()).deepCopy();
        flat.remove(List.of("parameter", "parameters"));
        n.setAll(flat);
        n.setAll(curves);
        n.set("methods", methods);
        return n;
    }

    /** The section of commands that only apply a run's calibrator. */
    public static ObjectNode of(Calibrator calibrator, Summary test) {
        ObjectNode n = Json.object().put("chosen", calibrator.method());
        figures(n, test);
        MetricsSection.curves(n, test);
        return n;
    }

    private static void figures(ObjectNode n, Summary s) {
        MetricsSection.figures(n, s);
        MetricsSection.bins(n, s);
    }
}
