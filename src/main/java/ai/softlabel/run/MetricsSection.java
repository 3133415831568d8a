package ai.softlabel.run;

import ai.softlabel.metrics.CalibrationError;
import ai.softlabel.metrics.Corp;
import ai.softlabel.metrics.Figures;
import ai.softlabel.metrics.PerfectCalibration;
import ai.softlabel.metrics.Ranking;
import ai.softlabel.metrics.Reliability;
import ai.softlabel.metrics.SmoothCalibration;
import ai.softlabel.metrics.Summary;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** A summary's figures in the form of the report. */
public final class MetricsSection {
    private static final int POINTS = 101;

    private MetricsSection() {}

    /**
     * All figures, their intervals, the reliability diagram's bins and the risk-coverage curve.
     *
     * @param intervals for each figure its lower and upper limit
     */
    public static ObjectNode full(Summary s, Map<String, double[]> intervals) {
        ObjectNode n = Json.object().put("count", s.count());
        figures(n, s);
        ObjectNode limits = n.putObject("intervals");
        intervals.forEach((name, limit) -> Json.add(limits.putArray(name), limit));
        bins(n, s);
        curves(n, s);
        ArrayNode curve = n.putArray("risk_coverage");
        for (Ranking.Point p : Ranking.of(s).riskCoverage()) {
            curve.addObject().put("coverage", p.coverage()).put("risk", p.risk());
        }
        return n;
    }

    /** Puts the reliability diagram's bins. */
    public static void bins(ObjectNode n, Summary s) {
        ArrayNode bins = n.putArray("bins");
        for (CalibrationError.Bin b : CalibrationError.bins(s)) {
            bins.addObject()
                    .put("low", b.low())
                    .put("high", b.high())
                    .put("count", b.count())
                    .put("confidence", b.confidence())
                    .put("accuracy", b.accuracy());
        }
    }

    /**
     * Puts every figure, the ECE that a perfectly calibrated model would have (95th percentile), smooth ECE and the
     * parts of the top class's Brier score.
     */
    public static void figures(ObjectNode n, Summary s) {
        Figures.of(s).forEach((name, value) -> Json.put(n, name, value));
        Json.put(n, "ece_if_calibrated", PerfectCalibration.ece95(s));
        Json.put(n, "smooth_ece", SmoothCalibration.of(s).error());
        Corp.Parts parts = Corp.of(s).brier();
        Json.put(n, "corp_miscalibration", parts.miscalibration());
        Json.put(n, "corp_discrimination", parts.discrimination());
        Json.put(n, "corp_uncertainty", parts.uncertainty());
    }

    /** Puts the reliability diagrams without bins: smoothed at the width of smooth ECE, and by isotonic regression. */
    public static void curves(ObjectNode n, Summary s) {
        SmoothCalibration smooth = SmoothCalibration.of(s);
        ObjectNode of = n.putObject("reliability");
        Json.put(of, "width", smooth.width());
        ArrayNode points = of.putArray("smooth");
        for (SmoothCalibration.Point p : smooth.diagram(POINTS)) {
            ObjectNode point = points.addObject().put("confidence", p.confidence());
            // A smoothed share may leave [0, 1] by a rounding error.
            Json.put(point, "accuracy", Math.max(0, Math.min(1, p.accuracy())));
            Json.put(point, "density", p.density());
        }
        ArrayNode blocks = of.putArray("corp");
        for (Corp.Block b : Corp.of(s).blocks()) {
            blocks.addObject()
                    .put("low", b.low())
                    .put("high", b.high())
                    .put("count", b.count())
                    .put("accuracy", b.accuracy());
        }
    }

    /** The figures of an epoch's line and of a partition. */
    public static ObjectNode brief(Summary s) {
        return brief(s.reliability());
    }

    /** The figures of an epoch's line, of a partition and of a subgroup. */
    public static ObjectNode brief(Reliability s) {
        ObjectNode n = Json.object().put("count", s.count());
        Json.put(n, "error", s.error());
        Json.put(n, "nll", s.nll());
        Json.put(n, "ece", CalibrationError.ece(s));
        return n;
    }
}
