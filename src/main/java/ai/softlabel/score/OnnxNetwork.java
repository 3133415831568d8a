package ai.softlabel.score;

import ai.softlabel.Example;
import ai.softlabel.network.ModelState;
import ai.softlabel.network.OnnxModel;
import ai.softlabel.onnx.OnnxRuntime;
import ai.softlabel.onnx.OnnxSession;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A predictor's network in ONNX Runtime: the graph that {@code export} writes, for each of its picture sizes. */
final class OnnxNetwork implements CompiledNetwork {
    private final Predictor predictor;
    private final int batch;
    private final Map<Integer, OnnxSession> bySize = new HashMap<>();

    private OnnxNetwork(Predictor predictor, int batch) {
        this.predictor = predictor;
        this.batch = batch;
    }

    static OnnxNetwork of(Predictor predictor, int batch, ModelState state) {
        OnnxRuntime.require("--engine onnxruntime");
        OnnxNetwork made = new OnnxNetwork(predictor, batch);
        try {
            for (int size : predictor.sizes().all()) {
                byte[] graph = OnnxModel.bytes(predictor.model(), state, predictor.ranges(), size);
                made.bySize.put(size, new OnnxSession(graph, predictor.threads(), batch, 3, size, size));
            }
        } catch (RuntimeException e) {
            made.close();
            throw e;
        }
        return made;
    }

    @Override
    public List<Prediction> score(int partition, List<Example> some) {
        Views views = predictor.views();
        float[] mean = new float[some.size() * predictor.classes()];
        for (int v = 0; v < views.count(); v++) {
            int side = views.size(v);
            // All batches have the same size, so that logits do not depend on what else is in one.
            float[] input = new float[batch * 3 * side * side];
            predictor.write(some, views, v, input);
            float[] logits = bySize.get(side).run(input)[0];
            for (int i = 0; i < mean.length; i++) {
                mean[i] += logits[i];
            }
        }
        for (int i = 0; i < mean.length; i++) {
            mean[i] /= views.count();
        }
        return predictor.predictions(partition, some, mean);
    }

    @Override
    public void close() {
        bySize.values().forEach(OnnxSession::close);
    }
}
