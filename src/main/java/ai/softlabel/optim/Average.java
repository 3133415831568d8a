package ai.softlabel.optim;

/**
 * The exponential moving average of the weights (Polyak averaging with a decay): average = decay · average + (1 -
 * decay) · weight, after each step.
 */
public final class Average {
    private Average() {}

    /** Updates {@code average[from - offset..to - offset)} with {@code weights[from..to)}. */
    public static void update(float[] average, int offset, float[] weights, int from, int to, double decay) {
        float keep = (float) decay;
        float take = (float) (1 - decay);
        for (int i = from; i < to; i++) {
            average[i - offset] = keep * average[i - offset] + take * weights[i];
        }
    }
}
