package ai.softlabel.score;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Annotation;
import ai.softlabel.Example;
import ai.softlabel.Part;
import ai.softlabel.Pixels;
import ai.softlabel.bigdl.NativeThread;
import ai.softlabel.data.Crop;
import ai.softlabel.data.Decoding;
import ai.softlabel.data.Normalization;
import ai.softlabel.data.PictureSizes;
import ai.softlabel.network.Body;
import ai.softlabel.network.Head;
import ai.softlabel.network.Initialization;
import ai.softlabel.network.Model;
import ai.softlabel.network.ModelState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logits at several sizes, against each view's own through a network of its size. */
@Tag("spark")
class PredictorTest {
    private static final int CLASSES = 3;
    private static final int BATCH = Body.batch(96);
    private static final Model MODEL = Model.of("resnet18", CLASSES);
    private static final ModelState STATE = Initialization.fresh(MODEL, 1);

    /** Stored for 96 pixels. */
    private static List<Example> pictures() {
        Random random = new Random(5);
        List<Example> out = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            byte[] rgb = new byte[3 * 140 * 110];
            random.nextBytes(rgb);
            out.add(new Example("p" + i, new Annotation(new int[0], 1, null, Part.TEST), i, new Pixels(140, 110, rgb)));
        }
        return out;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void logitsAreTheMeanOfTheSingleViews(boolean flip) {
        Predictor predictor = new Predictor(
                "resnet18",
                CLASSES,
                false,
                PictureSizes.of(96, 64),
                flip,
                Normalization.IMAGENET,
                Decoding.FULL,
                1,
                false);
        List<Example> pictures = pictures();
        List<Prediction> streamed = new ArrayList<>();
        predictor.stream(0, pictures.iterator(), STATE).forEachRemaining(streamed::add);
        List<Prediction> scored;
        try (Scorer scorer = new Scorer(predictor, STATE, 1, 0)) {
            scored = scorer.score(pictures);
        }
        List<float[][]> views = new ArrayList<>();
        for (boolean mirrored : flip ? new boolean[] {false, true} : new boolean[] {false}) {
            views.add(logits(pictures, 96, 96, mirrored));
            // 64 pixels of a short side of 73 are 96 of 110.
            views.add(logits(pictures, 96, 64, mirrored));
        }
        assertEquals(pictures.size(), streamed.size());
        for (int i = 0; i < pictures.size(); i++) {
            float[] mean = new float[CLASSES];
            for (float[][] view : views) {
                for (int c = 0; c < CLASSES; c++) {
                    mean[c] += view[i][c] / views.size();
                }
            }
            assertArrayEquals(mean, streamed.get(i).logits(), 1e-5f);
            assertArrayEquals(streamed.get(i).logits(), scored.get(i).logits());
        }
    }

    @Test
    void enginesAgreeAndTheFasterIsMeasured() {
        Predictor predictor = new Predictor(
                "resnet18",
                CLASSES,
                false,
                PictureSizes.of(96, 64),
                true,
                Normalization.IMAGENET,
                Decoding.FULL,
                1,
                false);
        List<List<Prediction>> found = new ArrayList<>();
        for (ScoringEngine engine : ScoringEngine.values()) {
            try (Scorer scorer = new Scorer(predictor.with(engine), STATE, 1, 4)) {
                found.add(scorer.score(pictures()));
                // A picture's neighbours, and its place among them, change no bit.
                Prediction alone = scorer.score(pictures().subList(2, 3)).get(0);
                assertArrayEquals(found.get(found.size() - 1).get(2).logits(), alone.logits());
            }
        }
        double worst = 0;
        double largest = 0;
        for (int i = 0; i < found.get(0).size(); i++) {
            for (int c = 0; c < CLASSES; c++) {
                float own = found.get(0).get(i).logits()[c];
                worst = Math.max(worst, Math.abs(own - found.get(1).get(i).logits()[c]));
                largest = Math.max(largest, Math.abs(own));
            }
        }
        assertTrue(largest > 0 && worst <= 1e-4 * largest, worst + " of " + largest);
        Predictor small = new Predictor(
                "resnet18",
                CLASSES,
                false,
                PictureSizes.of(64),
                false,
                Normalization.IMAGENET,
                Decoding.FULL,
                1,
                false);
        EngineSpeed speed = EngineSpeed.measure(small, STATE);
        assertTrue(speed.bigDl() > 0 && speed.onnxRuntime() > 0, speed.toString());
        assertEquals(
                speed.bigDl() < speed.onnxRuntime() ? ScoringEngine.ONNXRUNTIME : ScoringEngine.BIGDL, speed.faster());
        assertEquals(ScoringEngine.BIGDL, new EngineSpeed(1, 0).faster());
    }

    /** Each picture's logits from the square of {@code side} pixels in its middle. */
    private static float[][] logits(List<Example> pictures, int side, int size, boolean mirrored) {
        try (NativeThread thread = NativeThread.borrow(1)) {
            return thread.call(() -> {
                try (Body body = new Body(MODEL, BATCH, size, STATE.weights(), STATE.statistics());
                        Head head = new Head(MODEL, BATCH, STATE.weights(), null, null)) {
                    for (int i = 0; i < pictures.size(); i++) {
                        Pixels p = pictures.get(i).pixels();
                        Crop.center(p, side, mirrored)
                                .write(p, size, Normalization.IMAGENET, body.input(), i * 3 * size * size);
                    }
                    float[] all = head.forward(body.forward());
                    float[][] own = new float[pictures.size()][];
                    for (int i = 0; i < own.length; i++) {
                        own[i] = Arrays.copyOfRange(all, i * CLASSES, (i + 1) * CLASSES);
                    }
                    return own;
                }
            });
        }
    }
}
