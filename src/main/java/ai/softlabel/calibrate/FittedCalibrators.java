package ai.softlabel.calibrate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;

/**
 * The calibrators that were fitted, and the chosen one.
 *
 * @param chosen the method that the user named, else that of the least cross-validated NLL
 * @param fitted by method, each on all of the predictions
 * @param nll by method, the cross-validated NLL in nats
 * @param crossFitted the chosen method's fits, one without each fold
 * @param leftOut a line for each method that is too costly for so many predictions and classes, or has too few of each
 *     class
 */
public record FittedCalibrators(
        String chosen,
        Map<String, Calibrator> fitted,
        Map<String, Double> nll,
        CrossFitted crossFitted,
        List<String> leftOut) {
    /**
     * Calibrators that were each fitted without a fold.
     *
     * @param maps by fold; where a fold is empty or holds all predictions, the fit on all of them
     */
    public record CrossFitted(List<Calibrator> maps) implements Serializable {
        public CrossFitted {
            maps = List.copyOf(maps);
        }

        /** The calibrator that was fitted without a prediction. */
        public Calibrator without(Labelled d) {
            return maps.get(Folds.fold(d));
        }
    }

    /** The chosen calibrator. */
    public Calibrator best() {
        return fitted.get(chosen);
    }

    /** Fits all methods on predictions in memory, and chooses one. */
    public static FittedCalibrators of(SparkSession spark, List<Labelled> data) {
        return of(spark, data, RecalibrationMethod.AUTO);
    }

    /** Fits methods on predictions in memory, at least one, and chooses one. */
    public static FittedCalibrators of(SparkSession spark, List<Labelled> data, RecalibrationMethod method) {
        return of(spark, Predictions.of(data), () -> data, method);
    }

    /**
     * Fits methods and chooses one; each prediction's fold is hashed from its name. The same predictions give the same
     * calibrators in any partitions.
     *
     * @param data predictions that the model was not trained on, at least one; passed over often, so persisted
     * @param method the one to use, fitted beside none, or {@link RecalibrationMethod#AUTO} for all that fit
     */
    public static FittedCalibrators of(SparkSession spark, JavaRDD<Labelled> data, RecalibrationMethod method) {
        // In one order, whatever the partitions.
        Supplier<List<Labelled>> collected = () -> data.collect().stream()
                .sorted(Comparator.comparing(Labelled::name))
                .toList();
        return of(spark, Predictions.of(data), collected, method);
    }

    private static FittedCalibrators of(
            SparkSession spark, Predictions data, Supplier<List<Labelled>> collected, RecalibrationMethod method) {
        Folds folds = Folds.of(data);
        Map<String, Calibrator> fitted = new LinkedHashMap<>();
        Map<String, Double> nll = new LinkedHashMap<>();
        List<String> leftOut = new ArrayList<>();
        Methods methods = new Methods(spark, data, folds, collected);
        String chosen = RecalibrationMethod.NONE.word();
        List<Calibrator> sets = List.of();
        for (RecalibrationMethod m : RecalibrationMethod.all()) {
            if (method != RecalibrationMethod.AUTO && method != m && m != RecalibrationMethod.NONE) {
                continue;
            }
            Optional<String> why = methods.leftOut(m);
            if (why.isPresent()) {
                leftOut.add(why.get());
                continue;
            }
            String name = m.word();
            List<Calibrator> all = methods.fit(m);
            fitted.put(name, all.get(0));
            nll.put(name, Fitting.crossValidated(data, folds, all));
            if (sets.isEmpty() || m == method || nll.get(name) < nll.get(chosen)) {
                chosen = name;
                sets = all;
            }
        }
        return new FittedCalibrators(chosen, fitted, nll, new CrossFitted(folds.maps(sets)), leftOut);
    }

    /** Every method's fits, one for each set of the cross-validation. */
    private static final class Methods {
        private final SparkSession spark;
        private final Predictions data;
        private final Folds folds;
        private final Supplier<List<Labelled>> collected;
        private List<Calibrator.Temperature> temperatures;
        private List<List<Labelled>> sets;
        private BetaSums beta;

        Methods(SparkSession spark, Predictions data, Folds folds, Supplier<List<Labelled>> collected) {
            this.spark = spark;
            this.data = data;
            this.folds = folds;
            this.collected = collected;
        }

        /** Why a method can't be fitted, and what to do. */
        Optional<String> leftOut(RecalibrationMethod method) {
            if (!method.fits(folds.count(), data.classes())) {
                return Optional.of(method.leftOut(folds.count(), data.classes()));
            }
            return method == RecalibrationMethod.BETA ? beta().leftOut() : Optional.empty();
        }

        List<Calibrator> fit(RecalibrationMethod method) {
            return switch (method) {
                case TEMPERATURE -> List.copyOf(temperatures());
                case VECTOR -> List.copyOf(Fitting.vectors(data, folds, temperatures()));
                case PLATT -> OneVersusRest.platt(spark, sets());
                case ISOTONIC -> OneVersusRest.isotonic(spark, sets());
                case TEMPERATURE_MIXED -> List.copyOf(mixed());
                case STRUCTURED_VECTOR -> new StructuredSums(data, folds, mixed(), false).fit();
                case STRUCTURED_MATRIX -> new StructuredSums(data, folds, mixed(), true).fit();
                case BETA -> beta().fit();
                default -> {
                    List<Calibrator> none = new ArrayList<>();
                    for (int set = 0; set < folds.sets(); set++) {
                        none.add(new Calibrator.None());
                    }
                    yield none;
                }
            };
        }

        private List<Calibrator.Temperature> temperatures() {
            temperatures = temperatures == null ? Fitting.temperatures(data, folds) : temperatures;
            return temperatures;
        }

        private List<Calibrator.MixedTemperature> mixed() {
            return Fitting.mixed(data, folds, temperatures());
        }

        private BetaSums beta() {
            beta = beta == null ? new BetaSums(data, folds) : beta;
            return beta;
        }

        private List<List<Labelled>> sets() {
            if (sets == null) {
                // MLlib's sums go by the order of the rows.
                List<Labelled> all = collected.get().stream()
                        .sorted(Comparator.comparing(Labelled::name))
                        .toList();
                sets = new ArrayList<>();
                for (int set = 0; set < folds.sets(); set++) {
                    int of = set;
                    sets.add(all.stream()
                            .filter(d -> folds.fits(of, Folds.fold(d)))
                            .toList());
                }
            }
            return sets;
        }
    }
}
