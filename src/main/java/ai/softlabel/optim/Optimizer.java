package ai.softlabel.optim;

import ai.softlabel.optim.Segments.Segment;

/** An update rule. Its state is in arrays that the caller owns, so that it can be sharded and saved. */
public interface Optimizer {
    /** The number of state arrays, each as long as the weights; initially zero. */
    int states();

    /** Whether {@link Step#trust} is needed. */
    default boolean wantsTrust() {
        return false;
    }

    /**
     * The trust ratio of one parameter, a factor on its learning rate, if {@link #wantsTrust}.
     *
     * @param weight the L2 norm of its weights
     * @param gradient the L2 norm of its gradient
     */
    default double trust(double weight, double gradient, double decay) {
        return 1;
    }

    /**
     * * The values of one step.
     *
     * @param number the step's number, from 1
     * @param rate the schedule's learning rate
     * @param momentum momentum, or AdamW's first beta
     * @param scale factor that the gradients are multiplied by first
     * @param trust a factor for each segment, or null
     */
    record Step(int number, double rate, double momentum, double scale, double[] trust) {}

    /**
     * The arrays of a step. All have the same index, because the compiler does not vectorise loops with several.
     *
     * @param gradient is used up: an update may change it
     * @param from index in the model's weights of the arrays' first element
     * @param origin what weight decay goes towards, or null for zero
     */
    record Arrays(float[] weights, float[] gradient, float[][] state, int from, float[] origin) {
        /** Decay towards zero. */
        public Arrays(float[] weights, float[] gradient, float[][] state, int from) {
            this(weights, gradient, state, from, null);
        }
    }

    /**
     * Updates the weights at [from, to) of the arrays, all within one segment.
     *
     * @param trust this segment's factor
     */
    void update(Arrays arrays, int from, int to, Segment segment, Step step, double trust);

    /** Updates the model's weights in [from, to), which may span several segments. */
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
