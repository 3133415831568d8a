package ai.softlabel.score;

import ai.softlabel.Example;
import ai.softlabel.network.ModelState;
import java.util.List;

/** A predictor's network, which a native thread keeps from batch to batch. It belongs to the thread that made it. */
interface CompiledNetwork extends AutoCloseable {
    /** The network in the predictor's engine. */
    static CompiledNetwork of(Predictor predictor, int batch, ModelState state) {
        return switch (predictor.engine()) {
            case BIGDL -> BigDlNetwork.of(predictor, batch, state);
            case ONNXRUNTIME -> OnnxNetwork.of(predictor, batch, state);
        };
    }

    /**
     * The predictions of at most a batch.
     *
     * @param partition the partition of the RDD that is computed, whichever task computes it
     */
    List<Prediction> score(int partition, List<Example> some);

    @Override
    void close();
}
