package ai.softlabel.network;

import ai.softlabel.bigdl.Graph;
import ai.softlabel.bigdl.Graph.Mode;
import ai.softlabel.bigdl.Graph.Parameters;

/**
 * The body alone in inference mode, its BatchNorms folded into the convolutions and those one with their ReLUs, so are
 * the sums of the blocks whose input is their shortcut; compiled for one batch size and one picture size: pictures to
 * features. It reads weights and statistics when it is made; later changes of these have no effect. It belongs to the
 * thread that made it.
 */
public final class Body implements AutoCloseable {
    private static final int MOST = 32;
    private static final int LEAST = 4;
    private static final long PIXELS = 32L * 128 * 128;

    private final Graph graph;

    public Body(Model model, int batch, int imageSize, float[] weights, float[] statistics) {
        Model folded = model.fold();
        float[] fitting = model.folded()
                ? weights
                : Folding.fold(model, new ModelState(weights, statistics, 0)).weights();
        Graph fused = compile(folded, true, batch, imageSize, fitting);
        if (fused.sumsFit()) {
            graph = fused;
        } else {
            fused.close();
            graph = compile(folded, false, batch, imageSize, fitting);
        }
    }

    private static Graph compile(Model folded, boolean sums, int batch, int imageSize, float[] weights) {
        return Graph.compile(
                folded.inferenceBody(imageSize, sums),
                new int[] {batch, 3, imageSize, imageSize},
                new int[] {batch, folded.features(), 1, 1},
                Mode.INFERENCE,
                new Parameters(weights, null, 0),
                new float[0]);
    }

    /**
     * A batch size for pictures of this size: 32 at 128, fewer for larger ones, for BigDL keeps every layer's output: a
     * ResNet-50 at 224 on two threads came to 14.7 GB resident with 32, and to 4.5 GB with 8.
     */
    public static int batch(int imageSize) {
        int batch = MOST;
        while (batch > LEAST && (long) batch * imageSize * imageSize > PIXELS) {
            batch /= 2;
        }
        return batch;
    }

    /** Where the caller puts the pictures: batch planes of red, green and blue, normalised. */
    public float[] input() {
        return graph.input();
    }

    /** Runs forward; the features, (batch, features) row-major, are valid until the next call. */
    public float[] forward() {
        return graph.forward();
    }

    @Override
    public void close() {
        graph.close();
    }
}
