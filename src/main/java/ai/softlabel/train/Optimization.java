package ai.softlabel.train;

import ai.softlabel.network.Model;
import ai.softlabel.optim.AdamW;
import ai.softlabel.optim.Lars;
import ai.softlabel.optim.Optimizer;
import ai.softlabel.optim.Schedule;
import ai.softlabel.optim.Segments;
import ai.softlabel.optim.Sgd;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * Optimiser, learning rates and gradient exchange.
 *
 * @param optimizer one of {@link #OPTIMIZERS}
 * @param schedule one of {@link #SCHEDULES}
 * @param rate the peak learning rate of the body's late stages
 * @param frozenRate the peak learning rate of the head in frozen epochs, or 0 for its rate in the other epochs
 * @param earlyFactor learning rate of the stem and the early stages as a multiple of {@code rate}
 * @param headFactor learning rate of the head as a multiple of {@code rate}
 * @param momentum momentum, unless the schedule sets it
 * @param warmUp share of warm-up steps of the cosine schedule, in [0, 1)
 * @param weightDecay weight decay of the body, not applied to BatchNorm and biases
 * @param clipNorm norm to which the gradient is clipped, or 0 for no clipping
 * @param average decay of the moving average of the weights, which is then scored and saved, or 0 for none
 * @param accumulate micro-batches per step, whose gradients are accumulated, at least 1
 * @param exchange number format between executors
 * @param headDecay weight decay of the head
 * @param stageFactor learning rate of each stage as a multiple of the next one's, and of the stem as a multiple of the
 *     first stage's; multiplied with {@code earlyFactor}
 * @param l2sp whether the body's weight decay goes towards its pretrained weights instead of zero (L2-SP, Li,
 *     Grandvalet and Davoine, 2018); the head's goes towards zero. Not for LARS, whose trust ratio is of the weights'
 *     own norm
 */
public record Optimization(
        String optimizer,
        String schedule,
        double rate,
        double frozenRate,
        double earlyFactor,
        double headFactor,
        double momentum,
        double warmUp,
        double weightDecay,
        double clipNorm,
        double average,
        int accumulate,
        Wire exchange,
        double headDecay,
        double stageFactor,
        boolean l2sp)
        implements Serializable {
    public Optimization {
        if (l2sp && optimizer.equals("lars")) {
            throw new IllegalArgumentException("expected sgd or adamw with L2-SP, found lars");
        }
    }

    /** The optimisers there are. */
    public static final List<String> OPTIMIZERS = List.of("sgd", "adamw", "lars");
    /** The schedules there are. */
    public static final List<String> SCHEDULES = List.of("one-cycle", "cosine", "step");

    private static final double LARS_TRUST = 0.001;

    Optimizer rule() {
        return switch (optimizer) {
            case "sgd" -> new Sgd(true);
            case "adamw" -> new AdamW(0.999, 1e-8);
            case "lars" -> new Lars(LARS_TRUST);
            default -> throw new IllegalArgumentException("expected one of " + OPTIMIZERS + ", found " + optimizer);
        };
    }

    Schedule over(int steps) {
        return over(steps, rate);
    }

    /** The schedule of frozen epochs; the head's rate is a multiple of it. */
    Schedule frozen(int steps) {
        return over(steps, frozenRate > 0 ? frozenRate / headFactor : rate);
    }

    private Schedule over(int steps, double highest) {
        return switch (schedule) {
            case "one-cycle" -> new Schedule.OneCycle(steps, highest);
            case "cosine" -> new Schedule.Cosine(steps, (int) Math.round(warmUp * steps), highest, momentum);
            case "step" -> new Schedule.Stairs(steps, highest, momentum);
            default -> throw new IllegalArgumentException("expected one of " + SCHEDULES + ", found " + schedule);
        };
    }

    Segments segments(Model model) {
        return Segments.of(model, earlyFactor, stageFactor, headFactor, weightDecay, headDecay);
    }

    /**
     * What weight decay goes towards: the pretrained body and a head of zeros, or null where all goes towards zero.
     *
     * @param pretrained the weights that training starts with
     */
    float[] origin(Model model, float[] pretrained) {
        if (!l2sp) {
            return null;
        }
        float[] origin = pretrained.clone();
        Arrays.fill(origin, model.headOffset(), origin.length, 0);
        return origin;
    }

    /** State arrays: the optimiser's, and last the average's where there is one. */
    int states() {
        return rule().states() + (average > 0 ? 1 : 0);
    }

    /** The defaults: SGD with Nesterov momentum over one cycle with peak 0.002, and ten times that for the head. */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds an {@link Optimization}; a value that is not set keeps its default. */
    public static final class Builder {
        private String optimizer = "sgd";
        private String schedule = "one-cycle";
        private double rate = 0.002;
        private double frozenRate;
        private double earlyFactor = 1;
        private double headFactor = 10;
        private double momentum = 0.9;
        private double warmUp;
        private double weightDecay = 1e-4;
        private double clipNorm;
        private double average;
        private int accumulate = 1;
        private Wire exchange = Wire.FLOAT32;
        // Null: as the body's.
        private Double headDecay;
        private double stageFactor = 1;
        private boolean l2sp;

        private Builder() {}

        public Builder optimizer(String value) {
            optimizer = value;
            return this;
        }

        public Builder schedule(String value) {
            schedule = value;
            return this;
        }

        public Builder rate(double value) {
            rate = value;
            return this;
        }

        public Builder frozenRate(double value) {
            frozenRate = value;
            return this;
        }

        public Builder earlyFactor(double value) {
            earlyFactor = value;
            return this;
        }

        public Builder headFactor(double value) {
            headFactor = value;
            return this;
        }

        public Builder momentum(double value) {
            momentum = value;
            return this;
        }

        public Builder warmUp(double value) {
            warmUp = value;
            return this;
        }

        public Builder weightDecay(double value) {
            weightDecay = value;
            return this;
        }

        public Builder clipNorm(double value) {
            clipNorm = value;
            return this;
        }

        public Builder average(double value) {
            average = value;
            return this;
        }

        public Builder accumulate(int value) {
            accumulate = value;
            return this;
        }

        public Builder exchange(Wire value) {
            exchange = value;
            return this;
        }

        /** Sets the head's weight decay, which is otherwise {@link #weightDecay}. */
        public Builder headDecay(double value) {
            headDecay = value;
            return this;
        }

        public Builder stageFactor(double value) {
            stageFactor = value;
            return this;
        }

        public Builder l2sp(boolean value) {
            l2sp = value;
            return this;
        }

        public Optimization build() {
            return new Optimization(
                    optimizer,
                    schedule,
                    rate,
                    frozenRate,
                    earlyFactor,
                    headFactor,
                    momentum,
                    warmUp,
                    weightDecay,
                    clipNorm,
                    average,
                    accumulate,
                    exchange,
                    headDecay == null ? weightDecay : headDecay,
                    stageFactor,
                    l2sp);
        }
    }
}
