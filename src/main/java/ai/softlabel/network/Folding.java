package ai.softlabel.network;

import java.util.Arrays;
import java.util.List;

/**
 * Folds BatchNorms in inference mode into the convolutions before them: with s = γ/sqrt(variance + 1e-5), weights
 * become s·W and biases β - s·mean (Jacob et al., "Quantization and Training of Neural Networks", 2018, equation 14).
 * What is folded computes the same, with less to do.
 */
public final class Folding {
    private static final double EPSILON = 1e-5;

    private Folding() {}

    /** The state of a folded model that computes what a plain one does in inference mode. */
    public static ModelState fold(Model plain, ModelState state) {
        Model folded = plain.fold();
        float[] from = state.weights();
        float[] to = new float[folded.size()];
        List<Parameter> in = plain.parameters();
        List<Parameter> out = folded.parameters();
        for (int i = 0; i < plain.statistics().size(); i++) {
            Parameter weight = in.get(3 * i);
            BatchNormStatistics norm = plain.statistics().get(i);
            int each = weight.size() / norm.channels();
            for (int c = 0; c < norm.channels(); c++) {
                double mean = state.statistics()[norm.offset() + c];
                double variance = state.statistics()[norm.offset() + norm.channels() + c];
                double scale = from[in.get(3 * i + 1).offset() + c] / Math.sqrt(variance + EPSILON);
                for (int k = c * each; k < (c + 1) * each; k++) {
                    to[out.get(2 * i).offset() + k] = (float) (scale * from[weight.offset() + k]);
                }
                to[out.get(2 * i + 1).offset() + c] =
                        (float) (from[in.get(3 * i + 2).offset() + c] - scale * mean);
            }
        }
        System.arraycopy(from, plain.headOffset(), to, folded.headOffset(), folded.size() - folded.headOffset());
        return new ModelState(to, new float[0], state.steps());
    }

    /**
     * The state of a plain model that in inference mode computes what a folded one does: BatchNorms of mean 0 and
     * variance 1 that only add their bias.
     */
    public static ModelState unfold(Model plain, ModelState state) {
        Model folded = plain.fold();
        float[] to = new float[plain.size()];
        float[] statistics = new float[plain.statisticsSize()];
        List<Parameter> out = plain.parameters();
        List<Parameter> in = folded.parameters();
        for (int i = 0; i < plain.statistics().size(); i++) {
            BatchNormStatistics norm = plain.statistics().get(i);
            copy(state.weights(), in.get(2 * i), to, out.get(3 * i));
            int scale = out.get(3 * i + 1).offset();
            Arrays.fill(to, scale, scale + norm.channels(), (float) Math.sqrt(1 + EPSILON));
            copy(state.weights(), in.get(2 * i + 1), to, out.get(3 * i + 2));
            int variances = norm.offset() + norm.channels();
            Arrays.fill(statistics, variances, variances + norm.channels(), 1f);
        }
        System.arraycopy(
                state.weights(), folded.headOffset(), to, plain.headOffset(), plain.size() - plain.headOffset());
        return new ModelState(to, statistics, state.steps());
    }

    private static void copy(float[] from, Parameter a, float[] to, Parameter b) {
        System.arraycopy(from, a.offset(), to, b.offset(), a.size());
    }
}
