package ai.softlabel.command.export;

import ai.softlabel.JobException;
import ai.softlabel.calibrate.Labelled;
import ai.softlabel.metrics.CalibrationError;
import ai.softlabel.metrics.ClopperPearson;
import ai.softlabel.metrics.PerfectCalibration;
import ai.softlabel.metrics.Summary;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * A model in float32 and in int8 on the same pictures, which it did not learn from.
 *
 * @param count how many pictures
 * @param wrong how many of them are wrong in int8
 * @param worse how many only float32 gets right
 * @param better how many only int8 gets right
 * @param floatEce recalibrated ECE in float32
 * @param ece recalibrated ECE in int8
 * @param calibratedEce 95th percentile of the ECE of a perfectly calibrated model with these confidences
 */
record Int8Check(int count, int wrong, int worse, int better, double floatEce, double ece, double calibratedEce) {
    /** How much error may rise, and recalibrated ECE where chance does not explain it. */
    static final double MOST = 0.003;

    /** Of fewer pictures, one alone is more than {@link #MOST}. */
    static final int FEWEST = (int) Math.ceil(1 / MOST);

    /** Far less than a picture. */
    private static final double ROUNDING = 1e-6;

    /** The largest chance of a rise that is not put down to chance. */
    private static final double SURE = 0.05;

    /**
     * Compares predictions of the same pictures in the same order.
     *
     * @param floatMap recalibrated probabilities of a float32 prediction, by a map that was fitted without it
     * @param map those of an int8 prediction
     */
    static Int8Check of(
            List<Labelled> floats,
            List<Labelled> ints,
            Function<Labelled, double[]> floatMap,
            Function<Labelled, double[]> map) {
        Summary before = new Summary();
        Summary after = new Summary();
        int worse = 0;
        int better = 0;
        int wrong = 0;
        int count = floats.size();
        for (int i = 0; i < count; i++) {
            Labelled f = floats.get(i);
            Labelled q = ints.get(i);
            boolean was = right(f);
            boolean is = right(q);
            wrong += is ? 0 : 1;
            worse += was && !is ? 1 : 0;
            better += !was && is ? 1 : 0;
            before.update(floatMap.apply(f), f.label());
            after.update(map.apply(q), q.label());
        }
        return new Int8Check(
                count,
                wrong,
                worse,
                better,
                CalibrationError.ece(before),
                CalibrationError.ece(after),
                PerfectCalibration.ece95(after));
    }

    private static boolean right(Labelled p) {
        int best = 0;
        for (int c = 1; c < p.logits().length; c++) {
            best = p.logits()[c] > p.logits()[best] ? c : best;
        }
        return best == p.label();
    }

    /** Error in int8. */
    double error() {
        return wrong / (double) count;
    }

    /** How many more are wrong in int8 than in float32. */
    private int risen() {
        return worse - better;
    }

    /** Error in float32. */
    double floatError() {
        return (wrong - risen()) / (double) count;
    }

    /** Whether there are too few pictures for a rise by {@link #MOST} to show. */
    boolean tooFew() {
        return count < FEWEST;
    }

    /**
     * Whether the pictures that only one of the two gets right could as well have been the other's (the exact sign
     * test, one-sided).
     */
    private boolean byChance() {
        return ClopperPearson.atLeast(worse, worse + better, 0.5) > SURE;
    }

    /** The largest recalibrated ECE that is accepted: what chance explains, or {@link #MOST} above float32's. */
    double limit() {
        return Math.max(calibratedEce, floatEce + MOST);
    }

    /** @throws JobException of status 3 where the model is not good enough in int8 */
    void require() {
        if (risen() > MOST * count + ROUNDING && (!tooFew() || !byChance())) {
            throw JobException.input(
                    "expected error to rise by at most %.1f points in int8, found %.2f %% in float32 and %.2f %% in int8 on %d pictures; export float32, or calibrate on more pictures with --pictures",
                    100 * MOST, 100 * floatError(), 100 * error(), count);
        }
        // Not a number is refused too.
        if (!tooFew() && !(ece <= limit())) {
            throw JobException.input(
                    "expected a recalibrated ECE of at most %.4f in int8, found %.4f (in float32 %.4f) on %d pictures; export float32, or calibrate on more pictures with --pictures",
                    limit(), ece, floatEce, count);
        }
    }

    /** The figures, and whether there are too few pictures to tell. */
    String line() {
        String figures = String.format(
                Locale.ROOT,
                "int8 on %d pictures: error %.2f %% (float32 %.2f %%), recalibrated ECE %.4f (float32 %.4f, limit %.4f)",
                count,
                100 * error(),
                100 * floatError(),
                ece,
                floatEce,
                limit());
        return tooFew()
                ? figures
                        + String.format(
                                Locale.ROOT,
                                "; fewer than %d are too few to tell whether these rise by %.1f points",
                                FEWEST,
                                100 * MOST)
                : figures;
    }
}
