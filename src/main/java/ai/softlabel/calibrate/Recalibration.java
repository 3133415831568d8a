package ai.softlabel.calibrate;

import ai.softlabel.Seeds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.spark.sql.SparkSession;

/**
 * Every calibrator, fitted, and the one that cross-validation chose.
 *
 * @param chosen the method of the least cross-validated NLL
 * @param fitted by method, each on all of the predictions
 * @param nll by method, the cross-validated NLL in nats
 */
public record Recalibration(String chosen, Map<String, Calibrator> fitted, Map<String, Double> nll) {
    private static final int FOLDS = 5;

    /** Fits a calibrator on each of several sets of predictions. */
    private interface Method extends Function<List<List<Labelled>>, List<Calibrator>> {
        static Method each(Function<List<Labelled>, Calibrator> fit) {
            return sets -> sets.stream().map(fit).toList();
        }
    }

    /** The predictions that a fold is fitted on, and those it is scored on. */
    private record Fold(List<Labelled> in, List<Labelled> out) {}

    /** The chosen calibrator. */
    public Calibrator best() {
        return fitted.get(chosen);
    }

    /**
     * Fits all methods and chooses one; each prediction's fold is hashed from its name.
     *
     * @param data predictions that the model was not trained on, at least one
     */
    public static Recalibration of(SparkSession spark, List<Labelled> data) {
        Map<String, Method> methods = new LinkedHashMap<>();
        methods.put("none", Method.each(d -> new Calibrator.None()));
        methods.put("temperature", Method.each(Fitting::temperature));
        methods.put("vector", Method.each(Fitting::vector));
        methods.put("platt", sets -> OneVersusRest.platt(spark, sets));
        methods.put("isotonic", sets -> OneVersusRest.isotonic(spark, sets));
        List<Fold> folds = folds(data);
        List<List<Labelled>> sets = new ArrayList<>(List.of(data));
        folds.forEach(f -> sets.add(f.in()));
        Map<String, Calibrator> fitted = new LinkedHashMap<>();
        Map<String, Double> nll = new LinkedHashMap<>();
        String chosen = "none";
        for (Map.Entry<String, Method> method : methods.entrySet()) {
            List<Calibrator> all = method.getValue().apply(sets);
            fitted.put(method.getKey(), all.get(0));
            nll.put(method.getKey(), crossValidated(all.subList(1, all.size()), folds));
            chosen = nll.get(method.getKey()) < nll.get(chosen) ? method.getKey() : chosen;
        }
        return new Recalibration(chosen, fitted, nll);
    }

    private static List<Fold> folds(List<Labelled> data) {
        List<Fold> folds = new ArrayList<>();
        for (int fold = 0; fold < FOLDS; fold++) {
            Fold f = new Fold(new ArrayList<>(), new ArrayList<>());
            for (Labelled d : data) {
                boolean here = Math.floorMod(Seeds.key(0, "fold", d.name()), FOLDS) == fold;
                (here ? f.out() : f.in()).add(d);
            }
            if (!f.in().isEmpty() && !f.out().isEmpty()) {
                folds.add(f);
            }
        }
        return folds;
    }

    private static double crossValidated(List<Calibrator> calibrators, List<Fold> folds) {
        double sum = 0;
        int seen = 0;
        for (int i = 0; i < folds.size(); i++) {
            List<Labelled> out = folds.get(i).out();
            sum += Fitting.nll(calibrators.get(i), out) * out.size();
            seen += out.size();
        }
        return seen == 0 ? Double.POSITIVE_INFINITY : sum / seen;
    }
}
