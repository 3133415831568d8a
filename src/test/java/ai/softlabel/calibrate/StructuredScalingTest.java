package ai.softlabel.calibrate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.TestFiles;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Structured scaling against SciPy's minimum and probmetrics' fit; see {@code make_conformal_golden.py}. */
class StructuredScalingTest {
    private static List<Labelled> data(JsonNode c) {
        List<Labelled> out = new ArrayList<>();
        for (int i = 0; i < c.get("labels").size(); i++) {
            out.add(new Labelled("p" + i, logits(c, i), c.at("/labels/" + i).asInt()));
        }
        return out;
    }

    private static float[] logits(JsonNode c, int row) {
        float[] z = new float[c.get("classes").asInt()];
        for (int k = 0; k < z.length; k++) {
            z[k] = (float) c.at("/logits/" + row + "/" + k).asDouble();
        }
        return z;
    }

    private static double[] numbers(JsonNode row) {
        double[] out = new double[row.size()];
        for (int k = 0; k < out.length; k++) {
            out[k] = row.get(k).asDouble();
        }
        return out;
    }

    @Test
    void probabilitiesAreThoseOfTheMinimum() throws IOException {
        JsonNode cases = new ObjectMapper()
                .readTree(TestFiles.bytes("golden/conformal.json"))
                .get("structured");
        assertEquals(2, cases.size());
        for (JsonNode c : cases) {
            List<Labelled> data = data(c);
            Predictions all = Predictions.of(data);
            Folds folds = Folds.none(data.size());
            List<Calibrator.MixedTemperature> mixed = Fitting.mixed(all, folds, Fitting.temperatures(all, folds));
            assertEquals(c.get("temperature").asDouble(), mixed.get(0).temperature(), 1e-6);
            assertEquals(data.size(), mixed.get(0).count());
            Calibrator vector =
                    new StructuredSums(all, folds, mixed, false).fit().get(0);
            Calibrator matrix =
                    new StructuredSums(all, folds, mixed, true).fit().get(0);
            for (int i = 0; i < c.get("new").asInt(); i++) {
                float[] z = logits(c, data.size() + i);
                assertArrayEquals(numbers(c.at("/mixed/" + i)), mixed.get(0).apply(z), 1e-6);
                compare(c, "vector", i, vector.apply(z));
                compare(c, "matrix", i, matrix.apply(z));
            }
        }
    }

    private static void compare(JsonNode c, String method, int i, double[] found) {
        assertArrayEquals(numbers(c.at("/" + method + "/probabilities/" + i)), found, 1e-6, method);
        // It has logarithms in float32, and stops where the slope is 1e-5.
        assertArrayEquals(numbers(c.at("/" + method + "/probmetrics/" + i)), found, 1e-3, method);
    }

    /** With one picture the ridge holds everything at temperature scaling's probabilities; with many it lets go. */
    @Test
    void theRidgeFallsWithThePictures() {
        List<Labelled> one = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            // The third class comes true more often than is predicted.
            one.add(new Labelled("p" + i, new float[] {1, 0, 0.5f}, i % 3 == 0 ? i % 2 : 2));
        }
        double[] few = shift(one.subList(0, 3));
        List<Labelled> many = new ArrayList<>();
        Collections.nCopies(50, one).forEach(many::addAll);
        double[] enough = shift(many);
        assertTrue(Math.abs(few[2]) < Math.abs(enough[2]), few[2] + " and " + enough[2]);
        assertTrue(enough[2] > 0);
    }

    private static double[] shift(List<Labelled> data) {
        Predictions all = Predictions.of(data);
        Folds folds = Folds.none(data.size());
        List<Calibrator.MixedTemperature> mixed = Fitting.mixed(all, folds, Fitting.temperatures(all, folds));
        return ((Calibrator.StructuredVector)
                        new StructuredSums(all, folds, mixed, false).fit().get(0))
                .shift();
    }

    @Test
    void tooManyClassesHaveNoMatrix() {
        assertTrue(RecalibrationMethod.STRUCTURED_MATRIX.fits(2000, 128));
        assertEquals(false, RecalibrationMethod.STRUCTURED_MATRIX.fits(2000, 129));
        assertTrue(RecalibrationMethod.STRUCTURED_VECTOR.fits(2000, 1000));
        assertEquals("structured-matrix", RecalibrationMethod.STRUCTURED_MATRIX.word());
    }
}
