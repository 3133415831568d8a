package ai.softlabel.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.TestFiles;
import ai.softlabel.bigdl.Engine;
import ai.softlabel.bigdl.Tensors;
import ai.softlabel.loss.LabelSmoothingCriterion;
import ai.softlabel.loss.Reduction;
import ai.softlabel.loss.Smoothing;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.intel.analytics.bigdl.dllib.tensor.Tensor;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * {@link LabelSmoothingCriterion} against PyTorch's {@code CrossEntropyLoss(label_smoothing, weight, ignore_index,
 * reduction)}.
 */
class CriterionConformanceTest {
    private static final int IGNORED = -100;
    private static final int SKETCH = 8;

    private record Worst(double loss, double gradient) {
        Worst with(double l, double g) {
            return new Worst(Math.max(loss, l), Math.max(gradient, g));
        }
    }

    @Test
    void lossAndGradientArePyTorchs() throws IOException {
        Engine.start();
        JsonNode golden = new ObjectMapper().readTree(TestFiles.bytes("golden/criterion.json"));
        String reference = "PyTorch " + golden.get("torch").asText();
        Worst hard64 = new Worst(0, 0);
        Worst hard32 = new Worst(0, 0);
        Worst soft64 = new Worst(0, 0);
        Worst soft32 = new Worst(0, 0);
        int i = 0;
        for (JsonNode c : golden.get("cases")) {
            double[] both = errors(i, c, true);
            double[] single = errors(i, c, false);
            if (c.get("kind").asText().equals("hard")) {
                hard64 = hard64.with(both[0], both[1]);
                hard32 = hard32.with(single[0], single[1]);
            } else {
                soft64 = soft64.with(both[0], both[1]);
                soft32 = soft32.with(single[0], single[1]);
            }
            i++;
        }
        assertTrue(i >= 200);
        Comparisons.check("criterion: loss, labels, double", reference, hard64.loss(), 1e-12, "the loss");
        Comparisons.check(
                "criterion: gradient, labels, double", reference, hard64.gradient(), 1e-12, "the gradient's norm");
        Comparisons.check("criterion: loss, labels, float", reference, hard32.loss(), 1e-5, "the loss");
        Comparisons.check(
                "criterion: gradient, labels, float", reference, hard32.gradient(), 1e-5, "the gradient's norm");
        Comparisons.check("criterion: loss, soft targets, double", reference, soft64.loss(), 1e-12, "the loss");
        Comparisons.check(
                "criterion: gradient, soft targets, double",
                reference,
                soft64.gradient(),
                1e-12,
                "the gradient's norm");
        Comparisons.check("criterion: loss, soft targets, float", reference, soft32.loss(), 1e-5, "the loss");
        Comparisons.check(
                "criterion: gradient, soft targets, float", reference, soft32.gradient(), 1e-5, "the gradient's norm");
    }

    /** The relative errors of loss and gradient in one case. */
    private static double[] errors(int i, JsonNode c, boolean doubles) {
        String s = "criterion/" + i;
        int n = c.get("n").asInt();
        int classes = c.get("c").asInt();
        float[] x = new float[n * classes];
        Streams.fill(s + "/x", x, 0, x.length, -1, 1, c.get("scale").asDouble());
        double[] weights = null;
        if (c.get("weighted").asBoolean()) {
            float[] w = new float[classes];
            Streams.fill(s + "/w", w, 0, classes, 0.1, 3, 1);
            weights = Streams.doubles(w);
        }
        Reduction reduction = c.get("reduction").asText().equals("mean") ? Reduction.MEAN : Reduction.SUM;
        Smoothing smoothing = new Smoothing(c.get("eps").asDouble(), reduction, weights, IGNORED);
        double[] target = target(s, c, n, classes);
        int[] shape = target.length == n ? new int[] {n} : new int[] {n, classes};
        double loss;
        double[] gradient;
        if (doubles) {
            LabelSmoothingCriterion<Double> criterion = LabelSmoothingCriterion.ofDoubles(smoothing);
            Tensor<Double> in = Tensors.of(Streams.doubles(x), n, classes);
            Tensor<Double> t = Tensors.of(target, shape);
            loss = criterion.forward(in, t);
            gradient = (double[]) criterion.backward(in, t).storage().array();
        } else {
            LabelSmoothingCriterion<Float> criterion = LabelSmoothingCriterion.ofFloats(smoothing);
            Tensor<Float> in = Tensors.of(x, n, classes);
            float[] single = new float[target.length];
            for (int k = 0; k < single.length; k++) {
                single[k] = (float) target[k];
            }
            Tensor<Float> t = Tensors.of(single, shape);
            loss = criterion.forward(in, t);
            gradient = Streams.doubles(Tensors.floats(criterion.backward(in, t)));
        }
        JsonNode expected = c.get(doubles ? "float64" : "float32");
        double norm = expected.get("norm").asDouble();
        double[] sketch = Streams.sketch(s + "/sketch", gradient, SKETCH);
        double off = 0;
        for (int k = 0; k < SKETCH; k++) {
            off = Math.max(
                    off, Math.abs(sketch[k] - expected.get("sketch").get(k).asDouble()));
        }
        if (norm == 0) {
            assertEquals(0, off, "case " + i);
            assertEquals(0, expected.get("loss").asDouble());
            return new double[] {Math.abs(loss), 0};
        }
        double reference = expected.get("loss").asDouble();
        // A loss far below 1 is a logarithm near 1: what its digits can hold is relative to 1.
        return new double[] {Math.abs(loss - reference) / Math.max(Math.abs(reference), 1), off / norm};
    }

    private static double[] target(String s, JsonNode c, int n, int classes) {
        if (c.get("kind").asText().equals("soft")) {
            double[] q = Streams.uniform(s + "/q", n * classes, 0, 1);
            for (int row = 0; row < n; row++) {
                double sum = 0;
                for (int j = 0; j < classes; j++) {
                    sum += q[row * classes + j];
                }
                for (int j = 0; j < classes; j++) {
                    q[row * classes + j] /= sum;
                }
            }
            return q;
        }
        int[] y = Streams.whole(s + "/y", n, classes);
        double[] gone = Streams.uniform(s + "/gone", n, 0, 1);
        double[] out = new double[n];
        for (int row = 0; row < n; row++) {
            String ignored = c.get("ignored").asText();
            boolean left = ignored.equals("all") || (ignored.equals("some") && gone[row] < 0.3);
            out[row] = left ? IGNORED : y[row] + 1;
        }
        return out;
    }
}
