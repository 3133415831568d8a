package ai.softlabel.calibrate;

import ai.softlabel.Seeds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Every calibrator, fitted, and the one that cross-validation chose.
 *
 * @param chosen the method of the least cross-validated NLL
 * @param fitted by method, each on all of the predictions
 * @param nll by method, the cross-validated NLL in nats
 */
public record Recalibration(String chosen, Map<String, Calibrator> fitted, Map<String, Double> nll) {
    private static final int FOLDS = 5;
    private static final Map<String, Function<List<Labelled>, Calibrator>> METHODS = new LinkedHashMap<>();

    static {
        METHODS.put("none", data -> new Calibrator.None());
        METHODS.put("temperature", Fitting::temperature);
        METHODS.put("vector", Fitting::vector);
    }

    /** The chosen calibrator. */
    public Calibrator best() {
        return fitted.get(chosen);
    }

    /**
     * Fits all methods and chooses one; each prediction's fold is hashed from its name.
     *
     * @param data predictions that the model was not trained on, at least one
     */
    public static Recalibration of(List<Labelled> data) {
        Map<String, Calibrator> fitted = new LinkedHashMap<>();
        Map<String, Double> nll = new LinkedHashMap<>();
        String chosen = "none";
        for (Map.Entry<String, Function<List<Labelled>, Calibrator>> method : METHODS.entrySet()) {
            fitted.put(method.getKey(), method.getValue().apply(data));
            nll.put(method.getKey(), crossValidated(method.getValue(), data));
            chosen = nll.get(method.getKey()) < nll.get(chosen) ? method.getKey() : chosen;
        }
        return new Recalibration(chosen, fitted, nll);
    }

    private static double crossValidated(Function<List<Labelled>, Calibrator> method, List<Labelled> data) {
        double sum = 0;
        int seen = 0;
        for (int fold = 0; fold < FOLDS; fold++) {
            List<Labelled> in = new ArrayList<>();
            List<Labelled> out = new ArrayList<>();
            for (Labelled d : data) {
                boolean here = Math.floorMod(Seeds.key(0, "fold", d.name()), FOLDS) == fold;
                (here ? out : in).add(d);
            }
            if (!in.isEmpty() && !out.isEmpty()) {
                sum += Fitting.nll(method.apply(in), out) * out.size();
                seen += out.size();
            }
        }
        return seen == 0 ? Double.POSITIVE_INFINITY : sum / seen;
    }
}
