package ai.softlabel.run;

import ai.softlabel.metrics.CalibrationError;
import ai.softlabel.metrics.Figures;
import ai.softlabel.metrics.PerfectCalibration;
import ai.softlabel.metrics.Ranking;
import ai.softlabel.metrics.Reliability;
import ai.softlabel.metrics.Summary;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** A summary's figures in the form of the report. */
public final class MetricsSection {
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
        intervals.forEach((name, limit) -> {
            ArrayNode pair = limits.putArray(name);
            for (double l : limit) {
                if (Double.isFinite(l)) {
                    pair.add(l);
                } else {
                    pair.addNull();
                }
            }
        });
        bins(n, s);
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

    /** Puts every figure, and the ECE that a perfectly calibrated model would have (95th percentile). */
    public static void figures(ObjectNode n, Summary s) {
        Figures.of(s).forEach((name, value) -> Json.put(n, name, value));
        Json.put(n, "ece_if_calibrated", PerfectCalibration.ece95(s));
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
