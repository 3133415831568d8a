package ai.softlabel.metrics;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A confidence score by which answers are ranked: one of {@link ConfidenceScore}, or the p-norm score of one power.
 *
 * @param name as reports and {@code calibration.json} give it, such as {@code max-probability}
 * @param power p of the p-norm score; 0 for the others
 */
public record Score(String name, double power) implements Serializable {
    /** The name of {@link ConfidenceScore#pNorm}. */
    public static final String P_NORM = "p-norm";

    /** The largest probability: what is used where no other score is better. */
    public static final Score MAX_PROBABILITY = of(ConfidenceScore.MAX_PROBABILITY);

    private static final int POWERS = 10;

    public Score {
        boolean known = name.equals(P_NORM) || find(name) != null;
        if (!known || name.equals(P_NORM) != power > 0 || !Double.isFinite(power) || power < 0) {
            throw new IllegalArgumentException("expected a confidence score of " + names()
                    + ", p-norm with a power above 0, found " + name + " with power " + power);
        }
    }

    private static Score of(ConfidenceScore score) {
        return new Score(word(score), 0);
    }

    private static String word(ConfidenceScore score) {
        return score.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static ConfidenceScore find(String name) {
        for (ConfidenceScore s : ConfidenceScore.values()) {
            if (word(s).equals(name)) {
                return s;
            }
        }
        return null;
    }

    /** Every name, in the reports' order. */
    public static List<String> names() {
        List<String> names = new ArrayList<>();
        for (ConfidenceScore s : ConfidenceScore.values()) {
            names.add(word(s));
        }
        names.add(P_NORM);
        return names;
    }

    /** Every candidate: those of {@link ConfidenceScore}, then the p-norm scores of powers 1 to 10. */
    public static List<Score> candidates() {
        List<Score> all = new ArrayList<>();
        for (ConfidenceScore s : ConfidenceScore.values()) {
            all.add(of(s));
        }
        for (int p = 1; p <= POWERS; p++) {
            all.add(new Score(P_NORM, p));
        }
        return all;
    }

    /**
     * The score of a picture's logits: the surer the larger.
     *
     * @param logits one for each class, finite, at least one; as the model gives them, not recalibrated
     */
    public double of(float[] logits) {
        return power > 0 ? ConfidenceScore.pNorm(logits, power) : find(name).of(logits);
    }
}
