package ai.softlabel.job;

import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.calibrate.Labelled;
import ai.softlabel.calibrate.Recalibration;
import ai.softlabel.metrics.Summary;
import ai.softlabel.predict.Prediction;
import ai.softlabel.predict.Scores;
import ai.softlabel.report.CalibrationFile;
import ai.softlabel.report.Json;
import ai.softlabel.report.TestSection;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;

/** Recalibration of predictions, and its section of the report. */
final class Recalibrating {
    private Recalibrating() {}

    /** Fits on the validation part's predictions. */
    static Recalibration fit(SparkSession session, JavaRDD<Prediction> validation) {
        List<Labelled> data = validation.map(p -> new Object[] {p.path(), p.logits(), p.label()}).collect().stream()
                .map(o -> new Labelled((String) o[0], (float[]) o[1], (Integer) o[2]))
                .sorted(java.util.Comparator.comparing(Labelled::name))
                .toList();
        return Recalibration.of(session, data);
    }

    /** The figures of predictions under a calibrator. */
    static Summary score(JavaRDD<Prediction> predictions, Calibrator calibrator) {
        return Scores.total(predictions.map(
                p -> new Prediction(p.path(), p.label(), p.partition(), p.logits(), calibrator.apply(p.logits()))));
    }

    /**
     * The chosen method, and for every method its parameters and the test part's figures.
     *
     * @param test or null
     */
    static ObjectNode section(Recalibration r, JavaRDD<Prediction> test) {
        ObjectNode n = Json.object().put("chosen", r.chosen());
        r.fitted().forEach((method, calibrator) -> {
            ObjectNode of = n.putObject(method);
            ObjectNode parameters = CalibrationFile.json(calibrator);
            parameters.remove("method");
            if (calibrator instanceof Calibrator.Temperature t) {
                of.put("parameter", t.temperature());
            } else if (!parameters.isEmpty()) {
                of.set("parameters", parameters);
            }
            Json.put(of, "validation_nll", r.nll().get(method));
            if (test != null) {
                Summary s = score(test, calibrator);
                TestSection.figures(of, s);
                TestSection.bins(of, s);
            }
        });
        return n;
    }
}
