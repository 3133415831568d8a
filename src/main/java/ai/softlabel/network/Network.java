package ai.softlabel.network;

import ai.softlabel.bigdl.Graph;
import ai.softlabel.bigdl.Graph.Mode;
import ai.softlabel.bigdl.Graph.Parameters;

/**
 * A model that learns, compiled for one batch size and one picture size. Weights and gradients lie in the caller's flat
 * arrays. It belongs to the thread that made it.
 */
public final class Network implements AutoCloseable {
    private final Graph body;
    private final Head head;

    /**
     * Compiles a network.
     *
     * @param batch pictures in a batch, at least 1
     * @param imageSize side of the pictures
     * @param weights {@link Model#size} values
     * @param gradients the same length
     * @param statistics {@link Model#statisticsSize} values
     * @param multipliers see {@link Head}; null for nothing
     */
    public Network(
            Model model,
            int batch,
            int imageSize,
            float[] weights,
            float[] gradients,
            float[] statistics,
            float[] multipliers) {
        body = Graph.compile(
                model.body(imageSize),
                new int[] {batch, 3, imageSize, imageSize},
                new int[] {batch, model.features(), 1, 1},
                Mode.TRAINING,
                new Parameters(weights, gradients, 0),
                statistics);
        head = new Head(model, batch, weights, gradients, multipliers);
    }

    /** Where the caller puts the pictures: batch planes of red, green and blue, normalised. */
    public float[] input() {
        return body.input();
    }

    /** Where {@link #forward} leaves the logits, (batch, classes) row-major. */
    public float[] logits() {
        return head.logits();
    }

    /** Runs forward; the logits are valid until the next call. */
    public float[] forward() {
        return head.forward(body.forward());
    }

    /** Runs backward after {@link #forward}: overwrites the gradients. */
    public void backward(float[] gradientOfLogits) {
        float[] gradient = head.backward(gradientOfLogits);
        System.arraycopy(gradient, 0, body.outputGradient(), 0, gradient.length);
        body.backward();
    }

    /** Sets the running statistics. */
    public void setStatistics(float[] from) {
        body.setStatistics(from);
    }

    /** Copies the running statistics. */
    public void statistics(float[] to) {
        body.statistics(to);
    }

    /** Copies the sums behind the running statistics, from which a cut training goes on to the same bits. */
    public void sums(float[] to) {
        body.sums(to);
    }

    /** Sets what {@link #sums} copied. */
    public void setSums(float[] from) {
        body.setSums(from);
    }

    @Override
    public void close() {
        body.close();
        head.close();
    }
}
