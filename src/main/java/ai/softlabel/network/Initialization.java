package ai.softlabel.network;

import ai.softlabel.Seeds;
import java.util.SplittableRandom;

/**
 * Initialisation without pretrained weights, as in torchvision: convolutions normal with deviation sqrt(2 / fan-out)
 * (He et al., "Delving Deep into Rectifiers", 2015), BatchNorm 1 and 0 with running mean 0 and variance 1, the head as
 * its architecture says. Fan-out is outputs times the kernel's positions, with groups too. Each tensor's numbers depend
 * on the seed and its name only.
 */
public final class Initialization {
    /** Of a head that starts normal. */
    private static final double DEVIATION = 0.01;

    private Initialization() {}

    /** A fresh model. */
    public static ModelState fresh(Model model, long seed) {
        float[] weights = new float[model.size()];
        for (Parameter p : model.parameters()) {
            start(p, weights, seed, model);
        }
        float[] statistics = new float[model.statisticsSize()];
        for (BatchNormStatistics s : model.statistics()) {
            java.util.Arrays.fill(statistics, s.offset() + s.channels(), s.offset() + 2 * s.channels(), 1f);
        }
        return new ModelState(weights, statistics, 0);
    }

    private static void start(Parameter p, float[] weights, long seed, Model model) {
        SplittableRandom random = Seeds.stream(seed, "initialization", p.name());
        int[] shape = p.shape();
        int end = p.offset() + p.size();
        switch (p.kind()) {
            case CONVOLUTION -> {
                double deviation = Math.sqrt(2.0 / (shape[0] * shape[2] * shape[3]));
                for (int i = p.offset(); i < end; i++) {
                    weights[i] = (float) (deviation * random.nextGaussian());
                }
            }
            case NORM_WEIGHT -> java.util.Arrays.fill(weights, p.offset(), end, 1f);
            case NORM_BIAS -> java.util.Arrays.fill(weights, p.offset(), end, 0f);
            case HEAD_WEIGHT, HEAD_BIAS -> {
                boolean bias = p.kind() == Parameter.Kind.HEAD_BIAS;
                double bound = 1 / Math.sqrt(model.features());
                for (int i = p.offset(); i < end; i++) {
                    weights[i] = (float)
                            switch (model.linear().start()) {
                                case UNIFORM -> (2 * random.nextDouble() - 1) * bound;
                                case NORMAL -> bias ? 0 : DEVIATION * random.nextGaussian();
                            };
                }
            }
        }
    }
}
