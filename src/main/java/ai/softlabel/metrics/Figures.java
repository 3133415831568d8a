package ai.softlabel.metrics;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Every figure by the name that the report gives it, as a function of a summary. */
public final class Figures {
    private static final Map<String, ToDoubleFunction<Summary>> ALL = new LinkedHashMap<>();

    static {
        ALL.put("error", Summary::error);
        ALL.put("top5_error", Summary::topFiveError);
        ALL.put("nll", Summary::nll);
        ALL.put("brier", Summary::brier);
        ALL.put("ece", Calibration::ece);
        ALL.put("mce", Calibration::mce);
        ALL.put("rmsce", Calibration::rmsce);
        ALL.put("ece_equal_mass", s -> Ranking.of(s).equalMassEce());
        ALL.put("ece_classwise", Calibration::classwiseEce);
        ALL.put("ece_debiased", s -> Ranking.of(s).debiasedEce());
        ALL.put("entropy", Summary::entropy);
        ALL.put("auroc", s -> Ranking.of(s).auroc());
        ALL.put("mean_confidence", Summary::meanConfidence);
    }

    private Figures() {}

    /** All figures, in the report's order. */
    public static Map<String, Double> of(Summary summary) {
        Map<String, Double> out = new LinkedHashMap<>();
        ALL.forEach((name, figure) -> out.put(name, figure.applyAsDouble(summary)));
        return out;
    }
}
