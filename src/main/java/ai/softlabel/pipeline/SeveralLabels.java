package ai.softlabel.pipeline;

import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.calibrate.LabelCalibration;
import ai.softlabel.calibrate.LabelColumns;
import ai.softlabel.calibrate.RecalibrationMethod;
import ai.softlabel.metrics.BinaryCounts;
import ai.softlabel.metrics.RankedLabels;
import ai.softlabel.run.Json;
import ai.softlabel.run.MetricsSection;
import ai.softlabel.score.Evaluation;
import ai.softlabel.score.Prediction;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.apache.spark.api.java.JavaRDD;

/** The report's sections on pictures of several labels, and what is fitted for them. */
public final class SeveralLabels {
    private SeveralLabels() {}

    private static JavaRDD<LabelColumns.Row> rows(JavaRDD<Prediction> predictions) {
        return predictions.map(p -> new LabelColumns.Row(p.path(), p.logits(), p.labels()));
    }

    /** Fits curves and thresholds on predictions that the model was not trained on. */
    public static LabelColumns.Fitted fit(JavaRDD<Prediction> heldOut, int labels, RecalibrationMethod method) {
        return LabelColumns.fit(rows(heldOut), labels, method == RecalibrationMethod.AUTO ? null : method.word());
    }

    /**
     * Puts the sections {@code test} and {@code partitions}: figures of one decision for each picture and label. They
     * have no intervals, because the decisions on one picture depend on each other.
     *
     * @param scores of the test part's {@link ai.softlabel.score.Decisions}
     */
    public static void test(ObjectNode report, Evaluation scores) {
        report.set("test", MetricsSection.full(scores.total(), Map.of()));
        ArrayNode partitions = report.putArray("partitions");
        for (Evaluation.Partition p : scores.partitions()) {
            partitions.addObject().put("id", p.id()).put("host", p.host()).setAll(MetricsSection.brief(p.summary()));
        }
    }

    /**
     * Puts the section {@code labels}.
     *
     * @param by curves and thresholds of the model
     * @param fitted every method, or null where nothing was fitted
     */
    public static void put(
            ObjectNode report,
            Calibrator.Labels by,
            LabelColumns.Fitted fitted,
            JavaRDD<Prediction> test,
            List<String> classes) {
        List<LabelColumns.Scored> scored = LabelColumns.score(rows(test), by);
        ObjectNode n = report.putObject("labels").put("chosen", by.method());
        if (fitted != null) {
            ObjectNode methods = n.putObject("methods");
            for (int m = 0; m < fitted.nll().length; m++) {
                Json.put(methods.putObject(LabelCalibration.METHODS.get(m)), "validation_nll", fitted.nll()[m]);
            }
        }
        n.put("count", scored.get(0).counts().count());
        Json.put(n, "map_macro", mean(scored, LabelColumns.Scored::averagePrecision));
        Json.put(n, "map_micro", LabelColumns.microAveragePrecision(rows(test), by));
        Json.put(n, "nll", mean(scored, s -> s.counts().nll()));
        Json.put(n, "nll_plain", mean(scored, s -> s.plain().nll()));
        Json.put(n, "ece", mean(scored, s -> s.counts().ece()));
        Json.put(n, "ece_plain", mean(scored, s -> s.plain().ece()));
        BinaryCounts all = new BinaryCounts();
        scored.forEach(s -> all.merge(s.counts()));
        ObjectNode macro = n.putObject("macro");
        Json.put(macro, "precision", mean(scored, s -> s.counts().precision()));
        Json.put(macro, "recall", mean(scored, s -> s.counts().recall()));
        Json.put(macro, "f1", mean(scored, s -> s.counts().f1()));
        decided(n.putObject("micro"), all);
        ObjectNode each = n.putObject("each");
        for (LabelColumns.Scored s : scored) {
            ObjectNode of = each.putObject(classes.get(s.label()))
                    .put("count", s.counts().positives());
            Json.put(of, "average_precision", s.averagePrecision());
            decided(of, s.counts());
            Json.put(of, "threshold", by.threshold()[s.label()]);
            Json.put(of, "scale", by.scale()[s.label()]);
            Json.put(of, "shift", by.shift()[s.label()]);
            Json.put(of, "nll", s.counts().nll());
            Json.put(of, "ece", s.counts().ece());
            Json.put(of, "ece_plain", s.plain().ece());
        }
    }

    private static void decided(ObjectNode n, BinaryCounts c) {
        Json.put(n, "precision", c.precision());
        Json.put(n, "recall", c.recall());
        Json.put(n, "f1", c.f1());
    }

    private static double mean(List<LabelColumns.Scored> scored, ToDoubleFunction<LabelColumns.Scored> figure) {
        return RankedLabels.mean(scored.stream().mapToDouble(figure).toArray());
    }

    /** The main figures in a line. */
    public static String line(ObjectNode report) {
        ObjectNode n = (ObjectNode) report.get("labels");
        return String.format(
                Locale.ROOT,
                "mAP %.4f (micro %.4f)  F1 %.4f (micro %.4f)  ECE %.4f on %d pictures, recalibration %s",
                n.get("map_macro").asDouble(Double.NaN),
                n.get("map_micro").asDouble(Double.NaN),
                n.at("/macro/f1").asDouble(),
                n.at("/micro/f1").asDouble(),
                n.get("ece").asDouble(Double.NaN),
                n.get("count").asLong(),
                n.get("chosen").asText());
    }
}
