package ai.softlabel.calibrate;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What {@code --recalibrate} takes: a method, or {@link #AUTO} for the one that cross-validation chooses. */
public enum RecalibrationMethod {
    /** All that fit; the one of the least cross-validated NLL. */
    AUTO(0, Long.MAX_VALUE),
    /** Softmax of the logits. */
    NONE(1, Long.MAX_VALUE),
    /** One number, distributed: up to 20 passes over the predictions. */
    TEMPERATURE(100, Long.MAX_VALUE),
    /** Two numbers a class, distributed: up to 101 passes, each with six sets. */
    VECTOR(500, 100_000_000),
    /** Two numbers a class, fitted on log-odds that the driver holds. */
    PLATT(1000, 2_000_000),
    /** A curve a class, fitted on log-odds that the driver holds. */
    ISOTONIC(100, 2_000_000),
    /** Temperature, of which a little is uniform. */
    TEMPERATURE_MIXED(100, Long.MAX_VALUE),
    /** Two numbers a class near 1 and 0, distributed: up to 101 passes, each with six sets. */
    STRUCTURED_VECTOR(500, 100_000_000),
    /** A number for each pair of classes near the identity, distributed, of at most 128 classes. */
    STRUCTURED_MATRIX(500, 2_000_000),
    /**
     * Three numbers for each class of enough pictures, distributed: up to 150 passes and mostly 10 to 20, each with six
     * sets.
     */
    BETA(200, 100_000_000);

    private static final int MATRIX_CLASSES = 128;

    private final long evaluations;
    private final long most;

    RecalibrationMethod(long evaluations, long most) {
        this.evaluations = evaluations;
        this.most = most;
    }

    /** The methods that fit something or nothing: all but {@link #AUTO}, in the report's order. */
    public static List<RecalibrationMethod> all() {
        return Arrays.stream(values()).filter(m -> m != AUTO).toList();
    }

    /** The method of such a name; empty where it is none of {@link #names}. */
    public static Optional<RecalibrationMethod> parse(String name) {
        return Arrays.stream(values()).filter(m -> m.word().equals(name)).findFirst();
    }

    /** Every name, as in "auto, none, temperature". */
    public static String names() {
        return Arrays.stream(values()).map(RecalibrationMethod::word).collect(Collectors.joining(", "));
    }

    /** The name, as the command line, the report and {@code calibration.json} give it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * An estimate of what a fit with its cross-validation costs: how often a class's logit of a prediction is looked
     * at. For {@link #AUTO} that of all methods that fit.
     */
    public double cost(long rows, int classes) {
        return this == AUTO
                ? all().stream()
                        .filter(m -> m.fits(rows, classes))
                        .mapToDouble(m -> m.cost(rows, classes))
                        .sum()
                : (double) evaluations * rows * classes * (this == STRUCTURED_MATRIX ? classes : 1);
    }

    /** Whether so many predictions of so many classes are few enough. */
    public boolean fits(long rows, int classes) {
        return rows <= most / classes && (this != STRUCTURED_MATRIX || classes <= MATRIX_CLASSES);
    }

    /** Why a method is left out, and what to do. */
    String leftOut(long rows, int classes) {
        return String.format(
                Locale.ROOT,
                "recalibration by %s is left out: expected at most %,d predictions x classes, found %,d x %,d; --recalibrate temperature has no limit",
                word(),
                most,
                rows,
                classes);
    }
}
