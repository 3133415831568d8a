package ai.softlabel.report;

import ai.softlabel.metrics.Calibration;
import ai.softlabel.metrics.Summary;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A summary's figures as the report gives them. */
public final class TestSection {
    private TestSection() {}

    /** All figures, with the reliability diagram's bins. */
    public static ObjectNode full(Summary s) {
        ObjectNode n = Json.object().put("count", s.count());
        Json.put(n, "error", s.error());
        Json.put(n, "top5_error", s.topFiveError());
        Json.put(n, "nll", s.nll());
        Json.put(n, "brier", s.brier());
        Json.put(n, "ece", Calibration.ece(s));
        Json.put(n, "mce", Calibration.mce(s));
        Json.put(n, "rmsce", Calibration.rmsce(s));
        Json.put(n, "entropy", s.entropy());
        Json.put(n, "mean_confidence", s.meanConfidence());
        ArrayNode bins = n.putArray("bins");
        for (Calibration.Bin b : Calibration.bins(s)) {
            bins.addObject()
                    .put("low", b.low())
                    .put("high", b.high())
                    .put("count", b.count())
                    .put("confidence", b.confidence())
                    .put("accuracy", b.accuracy());
        }
        return n;
    }

    /** The figures that an epoch's line and a partition's row give. */
    public static ObjectNode brief(Summary s) {
        ObjectNode n = Json.object().put("count", s.count());
        Json.put(n, "error", s.error());
        Json.put(n, "nll", s.nll());
        Json.put(n, "ece", Calibration.ece(s));
        return n;
    }
}
