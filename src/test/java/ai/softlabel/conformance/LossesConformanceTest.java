package ai.softlabel.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.TestFiles;
import ai.softlabel.bigdl.Engine;
import ai.softlabel.bigdl.Tensors;
import ai.softlabel.loss.BatchOptions;
import ai.softlabel.loss.FocalLoss;
import ai.softlabel.loss.Loss;
import ai.softlabel.loss.LossCriterion;
import ai.softlabel.loss.LossState;
import ai.softlabel.loss.MarginSmoothing;
import ai.softlabel.loss.MaxSup;
import ai.softlabel.loss.OnlineLabelSmoothing;
import ai.softlabel.loss.Reduction;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.intel.analytics.bigdl.dllib.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Losses against their formulas in PyTorch, its gradients by autograd. */
class LossesConformanceTest {
    private static final int SKETCH = 8;
    private static JsonNode golden;
    private static String reference;

    @BeforeAll
    static void read() throws IOException {
        Engine.start();
        golden = new ObjectMapper().readTree(TestFiles.bytes("golden/losses.json"));
        reference = "PyTorch " + golden.get("torch").asText();
    }

    @Test
    void maxSupIsPyTorchs() {
        double[] worst = new double[4];
        int i = 0;
        for (JsonNode c : golden.get("max_sup")) {
            for (boolean doubles : new boolean[] {true, false}) {
                double[] errors = maxSup("max-sup/" + i, c, doubles);
                int at = doubles ? 0 : 2;
                worst[at] = Math.max(worst[at], errors[0]);
                worst[at + 1] = Math.max(worst[at + 1], errors[1]);
            }
            i++;
        }
        assertEquals(160, i);
        Comparisons.check("MaxSup: loss, double", reference, worst[0], 1e-12, "the loss");
        Comparisons.check("MaxSup: gradient, double", reference, worst[1], 1e-12, "the gradient's norm");
        Comparisons.check("MaxSup: loss, float", reference, worst[2], 1e-5, "the loss");
        Comparisons.check("MaxSup: gradient, float", reference, worst[3], 1e-5, "the gradient's norm");
    }

    private static double[] maxSup(String s, JsonNode c, boolean doubles) {
        int n = c.get("n").asInt();
        int classes = c.get("c").asInt();
        float[] x = new float[n * classes];
        if (c.get("ties").asBoolean()) {
            int[] few = Streams.whole(s + "/ties", x.length, 3);
            for (int k = 0; k < x.length; k++) {
                x[k] = few[k];
            }
        } else {
            Streams.fill(s + "/x", x, 0, x.length, -1, 1, c.get("scale").asDouble());
        }
        double[] target = target(s, c.get("kind").asText().equals("soft"), n, classes);
        int[] shape =
                target.length == n && !c.get("kind").asText().equals("soft") ? new int[] {n} : new int[] {n, classes};
        BatchOptions options = new BatchOptions(
                c.get("reduction").asText().equals("mean") ? Reduction.MEAN : Reduction.SUM,
                c.get("classes").asBoolean() ? Streams.uniform(s + "/classes", classes, 0.1, 3) : null,
                null);
        double[] rows = c.get("rows").asBoolean() ? Streams.uniform(s + "/rows", n, 0.1, 3) : null;
        MaxSup loss = new MaxSup(c.get("alpha").asDouble());
        if (doubles) {
            LossCriterion<Double> criterion = LossCriterion.ofDoubles(loss, options);
            criterion.weights(rows);
            Tensor<Double> in = Tensors.of(Streams.doubles(x), n, classes);
            Tensor<Double> t = Tensors.of(target, shape);
            double value = criterion.forward(in, t);
            return errors(
                    s, value, (double[]) criterion.backward(in, t).storage().array(), c.get("float64"));
        }
        LossCriterion<Float> criterion = LossCriterion.ofFloats(loss, options);
        criterion.weights(rows);
        float[] single = new float[target.length];
        for (int k = 0; k < single.length; k++) {
            single[k] = (float) target[k];
        }
        Tensor<Float> in = Tensors.of(x, n, classes);
        Tensor<Float> t = Tensors.of(single, shape);
        double value = criterion.forward(in, t);
        return errors(s, value, Streams.doubles(Tensors.floats(criterion.backward(in, t))), c.get("float32"));
    }

    @Test
    void marginSmoothingAndFocalLossArePyTorchs() {
        for (String name : List.of("margin", "focal")) {
            double[] worst = new double[2];
            int i = 0;
            for (JsonNode c : golden.get(name)) {
                Loss loss = name.equals("margin")
                        ? new MarginSmoothing(
                                c.get("alpha").asDouble(), c.get("margin").asDouble())
                        : new FocalLoss(c.get("gamma").asDouble());
                double[] errors = rows(name + "/" + i++, c, loss);
                worst[0] = Math.max(worst[0], errors[0]);
                worst[1] = Math.max(worst[1], errors[1]);
            }
            assertEquals(60, i);
            String words = name.equals("margin") ? "margin-based label smoothing" : "focal loss";
            Comparisons.check(words + ": loss, double", reference, worst[0], 1e-12, "the loss");
            Comparisons.check(words + ": gradient, double", reference, worst[1], 1e-12, "the gradient's norm");
        }
    }

    private static double[] rows(String s, JsonNode c, Loss loss) {
        int n = c.get("n").asInt();
        int classes = c.get("c").asInt();
        boolean soft = c.get("soft").asBoolean();
        float[] x = new float[n * classes];
        if (c.path("ties").asBoolean()) {
            int[] few = Streams.whole(s + "/ties", x.length, 3);
            for (int k = 0; k < x.length; k++) {
                x[k] = few[k];
            }
        } else {
            Streams.fill(s + "/x", x, 0, x.length, -1, 1, c.get("scale").asDouble());
        }
        LossCriterion<Double> criterion = LossCriterion.ofDoubles(loss, BatchOptions.MEAN);
        Tensor<Double> in = Tensors.of(Streams.doubles(x), n, classes);
        Tensor<Double> t = soft
                ? Tensors.of(target(s, true, n, classes), n, classes)
                : Tensors.of(target(s, false, n, classes), n);
        double value = criterion.forward(in, t);
        return errors(s, value, (double[]) criterion.backward(in, t).storage().array(), c);
    }

    private static double[] target(String s, boolean soft, int n, int classes) {
        if (!soft) {
            return Arrays.stream(Streams.whole(s + "/y", n, classes))
                    .mapToDouble(y -> y + 1)
                    .toArray();
        }
        double[] q = Streams.uniform(s + "/q", n * classes, 0, 1);
        for (int row = 0; row < n; row++) {
            double sum = Arrays.stream(q, row * classes, (row + 1) * classes).sum();
            for (int j = 0; j < classes; j++) {
                q[row * classes + j] /= sum;
            }
        }
        return q;
    }

    /** The relative errors of loss and gradient. */
    private static double[] errors(String s, double loss, double[] gradient, JsonNode expected) {
        double value = expected.get("loss").asDouble();
        double norm = expected.get("norm").asDouble();
        double off = off(s + "/sketch", gradient, expected);
        // A loss far below 1 is a logarithm near 1, and a gradient far below it a difference of numbers near 1.
        return new double[] {Math.abs(loss - value) / Math.max(Math.abs(value), 1), norm == 0 ? off : off / norm};
    }

    private static double off(String name, double[] values, JsonNode expected) {
        double[] sketch = Streams.sketch(name, values, SKETCH);
        double off = 0;
        for (int k = 0; k < SKETCH; k++) {
            off = Math.max(
                    off, Math.abs(sketch[k] - expected.get("sketch").get(k).asDouble()));
        }
        return off;
    }

    /** Each epoch's batches are shared out over two replicas. */
    @Test
    void onlineLabelSmoothingIsPyTorchs() {
        double loss = 0;
        double gradient = 0;
        double learnt = 0;
        int i = 0;
        for (JsonNode c : golden.get("online")) {
            String s = "online/" + i++;
            int n = c.get("n").asInt();
            int classes = c.get("c").asInt();
            OnlineLabelSmoothing online =
                    new OnlineLabelSmoothing(c.get("alpha").asDouble());
            LossCriterion<Double> criterion = LossCriterion.ofDoubles(online, BatchOptions.MEAN);
            float[] soft = online.initial(classes);
            for (int epoch = 0; epoch < 3; epoch++) {
                JsonNode expected = c.get("epochs").get(epoch);
                List<LossState> replicas =
                        List.of(LossState.of(online, classes, soft), LossState.of(online, classes, soft));
                for (int b = 0; b < 4; b++) {
                    String t = s + "/" + epoch + "/" + b;
                    criterion.state(replicas.get(b % 2));
                    Tensor<Double> in = Tensors.of(logits(t, n, classes), n, classes);
                    Tensor<Double> y = Tensors.of(target(t, false, n, classes), n);
                    double value = criterion.forward(in, y);
                    double[] g = (double[]) criterion.backward(in, y).storage().array();
                    double[] errors =
                            errors(t, value, g, expected.get("batches").get(b));
                    loss = Math.max(loss, errors[0]);
                    gradient = Math.max(gradient, errors[1]);
                }
                soft = online.fold(
                        soft,
                        LossState.sum(replicas.stream().map(LossState::gathered).toList()),
                        classes);
                learnt = Math.max(
                        learnt,
                        off(s + "/soft", Streams.doubles(soft), expected)
                                / expected.get("norm").asDouble());
            }
        }
        assertEquals(12, i);
        assertTrue(gradient > 0);
        Comparisons.check("online label smoothing: loss, three epochs", reference, loss, 1e-12, "the loss");
        Comparisons.check(
                "online label smoothing: gradient, three epochs", reference, gradient, 1e-12, "the gradient's norm");
        Comparisons.check("online label smoothing: soft labels, float32", reference, learnt, 1e-6, "their norm");
    }

    private static double[] logits(String t, int n, int classes) {
        float[] x = new float[n * classes];
        Streams.fill(t + "/x", x, 0, x.length, -2, 2, 1);
        double[] out = Streams.doubles(x);
        int[] y = Streams.whole(t + "/y", n, classes);
        for (int row = 0; row < n; row++) {
            out[row * classes + y[row]] += 1;
        }
        return out;
    }
}
