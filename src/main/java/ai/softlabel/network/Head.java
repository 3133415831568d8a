package ai.softlabel.network;

import ai.softlabel.bigdl.Graph;
import ai.softlabel.bigdl.Graph.Mode;
import ai.softlabel.bigdl.Graph.Parameters;

/**
 * The head alone, compiled for one batch size: features to logits, with dropout between. It belongs to the thread that
 * made it.
 */
public final class Head implements AutoCloseable {
    private final Graph graph;
    private final float[] multipliers;

    /**
     * Compiles the head.
     *
     * @param batch rows in a batch, at least 1
     * @param weights {@link Model#size} values
     * @param gradients the same length, or null for inference
     * @param multipliers (batch, features), what features are multiplied by on their way, read at each pass; null for
     *     nothing
     */
    public Head(Model model, int batch, float[] weights, float[] gradients, float[] multipliers) {
        this.multipliers = multipliers;
        this.graph = Graph.compile(
                model.head(),
                new int[] {batch, model.features()},
                new int[] {batch, model.classes()},
                gradients == null ? Mode.INFERENCE : Mode.TRAINING,
                new Parameters(weights, gradients, model.headOffset()),
                new float[0]);
    }

    /** Where features may be put, (batch, features) row-major. */
    public float[] input() {
        return graph.input();
    }

    /** Where {@link #forward} leaves the logits, (batch, classes) row-major. */
    public float[] logits() {
        return graph.output();
    }

    /** Runs forward over features, which may lie in {@link #input}. */
    public float[] forward(float[] features) {
        multiply(features, graph.input());
        return graph.forward();
    }

    /** Runs backward after {@link #forward}; the gradient with respect to the features is valid until the next call. */
    public float[] backward(float[] gradientOfLogits) {
        System.arraycopy(gradientOfLogits, 0, graph.outputGradient(), 0, graph.outputGradient().length);
        float[] gradient = graph.backward();
        multiply(gradient, gradient);
        return gradient;
    }

    private void multiply(float[] from, float[] to) {
        if (multipliers == null) {
            if (from != to) {
                System.arraycopy(from, 0, to, 0, to.length);
            }
            return;
        }
        for (int i = 0; i < to.length; i++) {
            to[i] = from[i] * multipliers[i];
        }
    }

    @Override
    public void close() {
        graph.close();
    }
}
