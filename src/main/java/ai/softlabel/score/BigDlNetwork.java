package ai.softlabel.score;

import ai.softlabel.Example;
import ai.softlabel.network.Head;
import ai.softlabel.network.ModelState;
import java.util.List;

/** A predictor's network of BigDL's layers. */
record BigDlNetwork(Predictor predictor, Bodies bodies, Head head) implements CompiledNetwork {
    static BigDlNetwork of(Predictor predictor, int batch, ModelState state) {
        return new BigDlNetwork(
                predictor,
                new Bodies(predictor, batch, state),
                new Head(predictor.model(), batch, state.weights(), null, null));
    }

    @Override
    public List<Prediction> score(int partition, List<Example> some) {
        return predictor.score(partition, predictor.features(bodies, some, predictor.views()), head);
    }

    @Override
    public void close() {
        head.close();
        bodies.close();
    }
}
