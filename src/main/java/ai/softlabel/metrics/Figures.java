package ai.softlabel.metrics;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;

/** Every figure by the name that the report gives it, as a function of a summary. */
public final class Figures {
    /** In percent of the pictures. */
    private static final List<Integer> COVERAGES = List.of(50, 80, 90, 95);

    private static final Map<String, ToDoubleBiFunction<Summary, Ranking>> ALL = new LinkedHashMap<>();

    static {
        ALL.put("error", (s, r) -> s.error());
        ALL.put("top5_error", (s, r) -> s.topFiveError());
        ALL.put("nll", (s, r) -> s.nll());
        ALL.put("brier", (s, r) -> s.brier());
        ALL.put("ece", (s, r) -> CalibrationError.ece(s));
        ALL.put("mce", (s, r) -> CalibrationError.mce(s));
        ALL.put("rmsce", (s, r) -> CalibrationError.rmsce(s));
        ALL.put("ece_equal_mass", (s, r) -> r.equalMassEce());
        ALL.put("ece_classwise", (s, r) -> CalibrationError.classwiseEce(s));
        ALL.put("ece_debiased", (s, r) -> r.debiasedEce());
        ALL.put("entropy", (s, r) -> s.entropy());
        ALL.put("auroc", (s, r) -> r.auroc());
        ALL.put("mean_confidence", (s, r) -> s.meanConfidence());
        ALL.put("aurc", (s, r) -> r.aurc());
        ALL.put("aurc_excess", (s, r) -> r.aurcExcess());
        ALL.put("aurc_normalized", (s, r) -> r.aurcNormalized());
        for (int percent : COVERAGES) {
            ALL.put("risk_at_" + percent, (s, r) -> r.risk(percent / 100.0));
        }
        ALL.put("balanced_error", (s, r) -> ClassFigures.balancedError(s));
        ALL.put("macro_precision", (s, r) -> ClassFigures.macroPrecision(s));
        ALL.put("macro_f1", (s, r) -> ClassFigures.macroF1(s));
    }

    private Figures() {}

    /** All figures, in the report's order. */
    public static Map<String, Double> of(Summary summary) {
        Map<String, Double> out = new LinkedHashMap<>();
        // Sorted once for all the figures that go by order.
        Ranking ranking = Ranking.of(summary);
        ALL.forEach((name, figure) -> out.put(name, figure.applyAsDouble(summary, ranking)));
        return out;
    }
}
