package ai.softlabel.model;

import ai.softlabel.bigdl.Graph;
import ai.softlabel.bigdl.Graph.Mode;
import ai.softlabel.bigdl.Graph.Parameters;

/**
 * A ResNet compiled for one batch size and one picture size. Weights and gradients lie in the caller's flat arrays. It
 * belongs to the thread that made it.
 */
public final class Network implements AutoCloseable {
    /** What a network is for. */
    public enum Use {
        /** Body and head learn. */
        TRAIN,
        /** The head learns; the body runs in inference mode, its running statistics fixed. */
        TRAIN_HEAD,
        /** Nothing learns. */
        INFER
    }

    private final Graph body;
    private final Graph head;
    private final Use use;
    private final int batch;

    /**
     * Compiles a network. A body in inference mode reads its weights and statistics now, later changes don't reach it.
     *
     * @param batch pictures in a batch, at least 1
     * @param imageSize side of the pictures
     * @param weights {@link ResNet#size} values
     * @param gradients the same length; may be null for {@link Use#INFER}
     * @param statistics {@link ResNet#statisticsSize} values
     */
    public Network(
            ResNet model, int batch, int imageSize, Use use, float[] weights, float[] gradients, float[] statistics) {
        this.use = use;
        this.batch = batch;
        int[] features = {batch, model.features()};
        Mode bodyMode = use == Use.TRAIN ? Mode.TRAINING : Mode.INFERENCE;
        Mode headMode = use == Use.INFER ? Mode.INFERENCE : Mode.TRAINING;
        body = Graph.compile(
                model.body(imageSize),
                new int[] {batch, 3, imageSize, imageSize},
                new int[] {batch, model.features(), 1, 1},
                bodyMode,
                new Parameters(weights, gradients, 0),
                statistics);
        head = Graph.compile(
                model.head(),
                features,
                new int[] {batch, model.classes()},
                headMode,
                new Parameters(weights, gradients, model.headOffset()),
                new float[0]);
    }

    public int batch() {
        return batch;
    }

    /** Where the caller puts the pictures: batch planes of red, green and blue, normalised. */
    public float[] input() {
        return body.input();
    }

    /** Where {@link #forward} leaves the logits. */
    public float[] logits() {
        return head.output();
    }

    /** Runs forward; the logits, (batch, classes) row-major, are valid until the next call. */
    public float[] forward() {
        float[] features = body.forward();
        System.arraycopy(features, 0, head.input(), 0, features.length);
        return head.forward();
    }

    /** Runs backward after {@link #forward}: overwrites the gradients of what learns. */
    public void backward(float[] gradientOfLogits) {
        System.arraycopy(gradientOfLogits, 0, head.outputGradient(), 0, head.outputGradient().length);
        float[] gradient = head.backward();
        if (use == Use.TRAIN) {
            System.arraycopy(gradient, 0, body.outputGradient(), 0, gradient.length);
            body.backward();
        }
    }

    /** Sets the running statistics of a network that trains. */
    public void setStatistics(float[] from) {
        body.setStatistics(from);
    }

    /** Copies the running statistics. */
    public void statistics(float[] to) {
        body.statistics(to);
    }

    @Override
    public void close() {
        body.close();
        head.close();
    }
}
