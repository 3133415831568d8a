package ai.softlabel.calibrate;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * How badly a class fits a picture, in a prediction set's sense: the larger, the worse.
 *
 * <p>{@code lac}: one less the class's probability (Sadinle, Lei and Wasserman, "Least Ambiguous Set-Valued
 * Classifiers", 2019). {@code aps}: the sum of the probabilities of the classes down to this one, of which a random
 * share of its own is taken off (Romano, Sesia and Candès, "Classification with Valid and Adaptive Coverage", 2020).
 * {@code raps}: that and {@code penalty} for each place beyond {@code free} (Angelopoulos et al., "Uncertainty Sets for
 * Image Classifiers using Conformal Prediction", 2021).
 *
 * @param method lac, aps or raps
 * @param penalty λ of raps, at least 0; else 0
 * @param free k of raps: how many places have no penalty, at least 0; else 0
 */
public record SetScore(String method, double penalty, int free) implements Serializable {
    /** The names of all methods. */
    public static final List<String> METHODS = List.of("lac", "aps", "raps");

    public static final SetScore LAC = new SetScore("lac", 0, 0);
    public static final SetScore APS = new SetScore("aps", 0, 0);

    public SetScore {
        if (!METHODS.contains(method) || !(penalty >= 0) || free < 0) {
            throw new IllegalArgumentException("expected a score of " + METHODS + " with a penalty from 0, found "
                    + method + ", penalty " + penalty + ", free " + free);
        }
    }

    /**
     * Every class's score.
     *
     * @param probabilities one for each class
     * @param share the random share in [0, 1) that aps and raps take off, the same for all classes of a picture
     */
    public double[] of(double[] probabilities, double share) {
        double[] out = new double[probabilities.length];
        if (method.equals("lac")) {
            Arrays.setAll(out, c -> 1 - probabilities[c]);
            return out;
        }
        double sum = 0;
        int place = 0;
        for (int c : falling(probabilities)) {
            sum += probabilities[c];
            place++;
            out[c] = sum - share * probabilities[c] + penalty * Math.max(0, place - free);
        }
        return out;
    }

    /** The place of a class by falling probability, from 1; of equal ones by the order of the classes. */
    static int place(double[] probabilities, int of) {
        int place = 1;
        for (int c = 0; c < probabilities.length; c++) {
            place += probabilities[c] > probabilities[of] || (probabilities[c] == probabilities[of] && c < of) ? 1 : 0;
        }
        return place;
    }

    /** The classes by falling probability, of equal ones in their order. */
    static int[] falling(double[] probabilities) {
        Integer[] places = new Integer[probabilities.length];
        Arrays.setAll(places, i -> i);
        Arrays.sort(places, (a, b) -> Double.compare(probabilities[b], probabilities[a]));
        return Arrays.stream(places).mapToInt(Integer::intValue).toArray();
    }
}
