package ai.softlabel.train;

import java.io.Serializable;

/**
 * After how much an epoch is cut: its stage ends with the next step, and another goes on from there to the same bits.
 *
 * @param seconds of a stage's steps, above 0
 * @param steps of a stage, at least 1
 */
public record StageLimit(double seconds, int steps) implements Serializable {
    /** An epoch is one stage. */
    public static final StageLimit NONE = new StageLimit(Double.POSITIVE_INFINITY, Integer.MAX_VALUE);

    /** After so many minutes, above 0. */
    public static StageLimit minutes(double minutes) {
        return new StageLimit(60 * minutes, Integer.MAX_VALUE);
    }

    boolean cuts() {
        return !equals(NONE);
    }

    boolean reached(double afterSeconds, int afterSteps) {
        return afterSeconds >= seconds || afterSteps >= steps;
    }
}
