package ai.softlabel.optim;

import ai.softlabel.optim.Segments.Segment;

/** An update rule. Its state lies in arrays of the caller's, so that it can be sharded and saved. */
public interface Optimizer {
    /** The number of state arrays, each as long as the weights; they begin with zeros. */
    int states();

    /** Whether {@link Step#trust} must be there. */
    default boolean wantsTrust() {
        return false;
    }

    /**
     * The factor on one parameter's learning, where {@link #wantsTrust}.
     *
     * @param weight the L2 norm of its weights
     * @param gradient the L2 norm of its gradient
     */
    default double trust(double weight, double gradient, double decay) {
        return 1;
    }

    /**
     * One step.
     *
     * @param number from 1
     * @param rate the schedule's learning rate
     * @param momentum momentum, or AdamW's first beta
     * @param scale what the gradients are multiplied by first
     * @param trust a factor for each segment, or null
     */
    record Step(int number, double rate, double momentum, double scale, double[] trust) {}

    /**
     * The arrays that a step works on. All have the same index, for the compiler makes no vectors of loops over
     * several.
     *
     * @param from which of the model's weights all of them begin with
     */
    record Arrays(float[] weights, float[] gradient, float[][] state, int from) {}

    /**
     * Updates the weights at [from, to) of the arrays, all within one segment.
     *
     * @param trust this segment's factor
     */
    void update(Arrays arrays, int from, int to, Segment segment, Step step, double trust);

    /** Updates the model's weights in [from, to), whatever segments lie there. */
    default void update(Segments segments, Arrays arrays, int from, int to, Step step) {
        if (from >= to) {
            return;
        }
        int s = segments.index(from);
        while (s < segments.all().size() && segments.all().get(s).from() < to) {
            Segment segment = segments.all().get(s);
            double trust = step.trust() == null ? 1 : step.trust()[s];
            update(
                    arrays,
                    Math.max(from, segment.from()) - arrays.from(),
                    Math.min(to, segment.to()) - arrays.from(),
                    segment,
                    step,
                    trust);
            s++;
        }
    }
}
