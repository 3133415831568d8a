package ai.softlabel.score;

import ai.softlabel.network.Body;
import ai.softlabel.network.ModelState;
import java.util.HashMap;
import java.util.Map;

/** A predictor's body, compiled for each of its picture sizes. It belongs to the thread that made it. */
final class Bodies implements AutoCloseable {
    private final Map<Integer, Body> bySize = new HashMap<>();

    Bodies(Predictor predictor, int batch, ModelState state) {
        try {
            for (int size : predictor.sizes().all()) {
                bySize.put(size, new Body(predictor.model(), batch, size, state.weights(), state.statistics()));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    Body of(int size) {
        return bySize.get(size);
    }

    @Override
    public void close() {
        bySize.values().forEach(Body::close);
    }
}
