package ai.softlabel.score;

import ai.softlabel.Example;
import ai.softlabel.network.ActivationRanges;
import ai.softlabel.network.Body;
import ai.softlabel.network.ModelState;
import ai.softlabel.network.OnnxModel;
import ai.softlabel.onnx.OnnxSession;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** The ranges of a network's values over pictures, computed by ONNX Runtime in float32. */
public final class Observation {
    private Observation() {}

    /**
     * The least and the largest numbers over all views of the pictures.
     *
     * @return null where there is no picture
     */
    public static ActivationRanges of(Predictor predictor, ModelState state, Iterator<Example> pictures) {
        int batch = Body.batch(predictor.imageSize());
        Map<Integer, OnnxSession> bySize = new HashMap<>();
        ActivationRanges all = null;
        try {
            for (int size : predictor.sizes().all()) {
                byte[] graph = OnnxModel.observed(predictor.model(), state, size);
                bySize.put(size, new OnnxSession(graph, predictor.threads(), batch, 3, size, size));
            }
            while (pictures.hasNext()) {
                ActivationRanges some = ofBatch(predictor, bySize, batch(pictures, batch));
                all = all == null ? some : all.plus(some);
            }
        } finally {
            bySize.values().forEach(OnnxSession::close);
        }
        return all;
    }

    /** A whole batch: what is missing in the last one is filled by its first picture, for zeros are no picture. */
    private static List<Example> batch(Iterator<Example> pictures, int size) {
        List<Example> some = new ArrayList<>(size);
        while (some.size() < size) {
            some.add(pictures.hasNext() ? pictures.next() : some.get(0));
        }
        return some;
    }

    private static ActivationRanges ofBatch(Predictor predictor, Map<Integer, OnnxSession> bySize, List<Example> some) {
        Views views = predictor.views();
        ActivationRanges all = null;
        for (int v = 0; v < views.count(); v++) {
            int side = views.size(v);
            float[] input = new float[some.size() * 3 * side * side];
            predictor.write(some, views, v, input);
            float[][] found = bySize.get(side).run(input);
            ActivationRanges own = ActivationRanges.of(found[1], found[2]);
            all = all == null ? own : all.plus(own);
        }
        return all;
    }
}
