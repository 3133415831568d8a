package ai.softlabel.metrics;

import java.util.SplittableRandom;
import org.apache.commons.math3.special.Gamma;

/** Random numbers of the distributions that replicates are drawn from, the same for the same seed. */
final class Draws {
    private static final double FEW = 10;
    private static final double MANY = 100;

    private final SplittableRandom random;

    Draws(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Of mean 0 and variance 1 (Box and Muller, 1958). */
    double normal() {
        double radius = Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
        return radius * Math.cos(2 * Math.PI * random.nextDouble());
    }

    /** Of a mean from 0: by its distribution function, from 10 by transformed rejection (PTRS; Hörmann, 1993). */
    long poisson(double mean) {
        return mean < FEW ? few(mean) : many(mean);
    }

    private long few(double mean) {
        double u = random.nextDouble();
        double probability = Math.exp(-mean);
        double below = probability;
        long k = 0;
        while (u >= below && k < 100) {
            k++;
            probability *= mean / k;
            below += probability;
        }
        return k;
    }

    // The constants are those of Hörmann's paper, "The transformed rejection method for generating Poisson random
    // variables", table 1.
    private long many(double mean) {
        double b = 0.931 + 2.53 * Math.sqrt(mean);
        double a = -0.059 + 0.02483 * b;
        double inverse = 1.1239 + 1.1328 / (b - 3.4);
        double accepted = 0.9277 - 3.6224 / (b - 2);
        while (true) {
            double u = random.nextDouble() - 0.5;
            double v = random.nextDouble();
            double us = 0.5 - Math.abs(u);
            long k = (long) Math.floor((2 * a / us + b) * u + mean + 0.43);
            if (us >= 0.07 && v <= accepted) {
                return k;
            }
            boolean outside = k < 0 || (us < 0.013 && v > us);
            if (!outside
                    && Math.log(v) + Math.log(inverse) - Math.log(a / (us * us) + b)
                            <= k * Math.log(mean) - mean - Gamma.logGamma(k + 1)) {
                return k;
            }
        }
    }

    /**
     * Of so many tries: a Poisson number where fewer than 100 of one outcome are expected, else a normal one, rounded.
     */
    long binomial(long tries, double chance) {
        if (chance > 0.5) {
            return tries - binomial(tries, 1 - chance);
        }
        double mean = tries * chance;
        long k = mean < MANY ? poisson(mean) : Math.round(mean + Math.sqrt(mean * (1 - chance)) * normal());
        return Math.max(0, Math.min(tries, k));
    }
}
