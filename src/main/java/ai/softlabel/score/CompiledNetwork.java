package ai.softlabel.score;

import ai.softlabel.Example;
import ai.softlabel.network.Head;
import ai.softlabel.network.ModelState;
import java.util.List;

/** A predictor's network, which a native thread keeps from batch to batch. It belongs to the thread that made it. */
record CompiledNetwork(Bodies bodies, Head head) implements AutoCloseable {
    static CompiledNetwork of(Predictor predictor, int batch, ModelState state) {
        return new CompiledNetwork(
                new Bodies(predictor, batch, state), new Head(predictor.model(), batch, state.weights(), null, null));
    }

    /** The predictions of at most a batch. */
    List<Prediction> score(Predictor predictor, int partition, List<Example> some) {
        return predictor.score(partition, predictor.features(bodies, some, predictor.views()), head);
    }

    @Override
    public void close() {
        head.close();
        bodies.close();
    }
}
