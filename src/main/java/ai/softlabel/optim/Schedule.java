package ai.softlabel.optim;

import java.io.Serializable;

/** Learning rate and momentum as functions of the step, from 0. */
public interface Schedule extends Serializable {
    /** The body's learning rate. */
    double rate(int step);

    /** The momentum. */
    double momentum(int step);

    /**
     * One cycle (Smith, "Super-Convergence", 2018) as in PyTorch's {@code OneCycleLR}: up from peak / 25 over the first
     * quarter of the steps, then down to peak / 250,000, both along a cosine; the momentum mirrors it from .95 to .85
     * and back.
     *
     * @param steps all steps of the cycle
     * @param peak the highest rate
     */
    record OneCycle(int steps, double peak) implements Schedule {
        private static final double UP = 0.25;
        private static final double LOW = 0.85;
        private static final double HIGH = 0.95;

        @Override
        public double rate(int step) {
            double start = peak / 25;
            return between(step, start, peak, start / 1e4);
        }

        @Override
        public double momentum(int step) {
            return between(step, HIGH, LOW, HIGH);
        }

        private double between(int step, double first, double top, double last) {
            double turn = UP * steps - 1;
            double end = steps - 1;
            if (step <= turn || step == 0) {
                return cosine(first, top, turn > 0 ? step / turn : 1);
            }
            return cosine(top, last, (step - Math.max(turn, 0)) / (end - Math.max(turn, 0)));
        }
    }

    /**
     * From the peak down to 0 along half a cosine (Loshchilov and Hutter, "SGDR", 2017, without restarts), at constant
     * momentum, after a linear warm-up from a tenth of the peak (Goyal et al., 2017).
     *
     * @param steps all steps
     * @param warmUp number of warm-up steps at the start; 0 for none
     * @param peak the highest rate
     */
    record Cosine(int steps, int warmUp, double peak, double constantMomentum) implements Schedule {
        private static final double START = 0.1;

        @Override
        public double rate(int step) {
            if (step < warmUp) {
                return peak * (START + (1 - START) * step / warmUp);
            }
            return cosine(peak, 0, (double) (step - warmUp) / (steps - warmUp));
        }

        @Override
        public double momentum(int step) {
            return constantMomentum;
        }
    }

    /**
     * The peak, a tenth of it after half of the steps, a hundredth after three quarters, at constant momentum.
     *
     * @param steps all steps
     * @param peak the first rate
     */
    record Stairs(int steps, double peak, double constantMomentum) implements Schedule {
        @Override
        public double rate(int step) {
            return step < steps / 2 ? peak : step < steps * 3L / 4 ? peak / 10 : peak / 100;
        }

        @Override
        public double momentum(int step) {
            return constantMomentum;
        }
    }

    /**
     * From one rate to another by equal factors, for a learning rate sweep (Smith, 2017), at constant momentum.
     *
     * @param steps all steps, at least 2
     */
    record Sweep(int steps, double first, double last, double constantMomentum) implements Schedule {
        @Override
        public double rate(int step) {
            return first * Math.pow(last / first, (double) step / (steps - 1));
        }

        @Override
        public double momentum(int step) {
            return constantMomentum;
        }
    }

    private static double cosine(double from, double to, double share) {
        return to + (from - to) / 2 * (1 + Math.cos(Math.PI * share));
    }
}
