package ai.softlabel.score;

import ai.softlabel.Annotation;
import ai.softlabel.Example;
import ai.softlabel.Part;
import ai.softlabel.Pixels;
import ai.softlabel.bigdl.NativeThread;
import ai.softlabel.data.Preprocessing;
import ai.softlabel.network.Body;
import ai.softlabel.network.ModelState;
import ai.softlabel.onnx.OnnxRuntime;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * How fast a process scores with each engine, in pictures per second: decoded pictures to logits, on one task's
 * threads.
 *
 * @param onnxRuntime 0 where ONNX Runtime is not on the process's class path
 */
public record EngineSpeed(double bigDl, double onnxRuntime) implements Serializable {
    private static final int ROUNDS = 3;

    /** The faster engine. */
    public ScoringEngine faster() {
        return onnxRuntime > bigDl ? ScoringEngine.ONNXRUNTIME : ScoringEngine.BIGDL;
    }

    /**
     * Measures this process: after one batch to warm up, three of each engine in turns, of which the median counts.
     * Pictures are made up, as many as a batch has.
     */
    public static EngineSpeed measure(Predictor predictor, ModelState state) {
        if (!OnnxRuntime.available()) {
            return new EngineSpeed(1, 0);
        }
        int batch = Body.batch(predictor.imageSize());
        Map<ScoringEngine, Double> found = measure(predictor, state, batch, ROUNDS);
        return new EngineSpeed(found.get(ScoringEngine.BIGDL), found.get(ScoringEngine.ONNXRUNTIME));
    }

    private static Map<ScoringEngine, Double> measure(Predictor predictor, ModelState state, int batch, int rounds) {
        List<Example> pictures = pictures(predictor.imageSize(), batch);
        try (NativeThread thread = NativeThread.borrow(predictor.threads())) {
            return thread.call(() -> {
                Map<ScoringEngine, CompiledNetwork> networks = new EnumMap<>(ScoringEngine.class);
                try {
                    Map<ScoringEngine, double[]> seconds = new EnumMap<>(ScoringEngine.class);
                    for (ScoringEngine engine : ScoringEngine.values()) {
                        CompiledNetwork made = CompiledNetwork.of(predictor.with(engine), batch, state);
                        networks.put(engine, made);
                        seconds.put(engine, new double[rounds]);
                        made.score(0, pictures);
                    }
                    for (int r = 0; r < rounds; r++) {
                        for (ScoringEngine engine : ScoringEngine.values()) {
                            long startTime = System.nanoTime();
                            networks.get(engine).score(0, pictures);
                            seconds.get(engine)[r] = (System.nanoTime() - startTime) / 1e9;
                        }
                    }
                    Map<ScoringEngine, Double> rates = new EnumMap<>(ScoringEngine.class);
                    seconds.forEach((engine, all) -> {
                        Arrays.sort(all);
                        rates.put(engine, batch / all[rounds / 2]);
                    });
                    return rates;
                } finally {
                    networks.values().forEach(CompiledNetwork::close);
                }
            });
        }
    }

    private static List<Example> pictures(int imageSize, int count) {
        int side = Preprocessing.shortSide(imageSize);
        Random random = new Random(1);
        List<Example> out = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] rgb = new byte[3 * side * side];
            random.nextBytes(rgb);
            Annotation none = new Annotation(new int[0], 1, null, Part.TEST);
            out.add(new Example(Integer.toString(i), none, i, new Pixels(side, side, rgb)));
        }
        return out;
    }
}
