package ai.softlabel.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.bigdl.Engine;
import ai.softlabel.bigdl.Tensors;
import com.intel.analytics.bigdl.dllib.tensor.Tensor;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RowWeightsTest {
    private static final int CLASSES = 4;

    @BeforeAll
    static void engine() {
        Engine.start();
    }

    private static LossCriterion<Double> criterion(Loss loss, Reduction r, double[] classWeights, double... weights) {
        LossCriterion<Double> c = LossCriterion.ofDoubles(loss, new BatchOptions(r, classWeights, -1));
        c.weights(weights.length == 0 ? null : weights);
        return c;
    }

    private static Tensor<Double> labels(double... labels) {
        return Tensors.of(labels, labels.length);
    }

    private static double[] gradient(LossCriterion<Double> c, Tensor<Double> in, Tensor<Double> target) {
        return ((double[]) c.backward(in, target).storage().array()).clone();
    }

    /** Rows of a sum, and of a mean with and without class weights: a weight of 2 is the row twice. */
    @ParameterizedTest
    @MethodSource("ai.softlabel.loss.LossContractTest#losses")
    void aWeightOfTwoIsTheRowTwice(Loss loss) {
        double[] x = new SplittableRandom(1).doubles(3 * CLASSES, -3, 3).toArray();
        double[] twice = Arrays.copyOf(x, 4 * CLASSES);
        System.arraycopy(x, CLASSES, twice, 3 * CLASSES, CLASSES);
        for (Reduction r : Reduction.values()) {
            for (double[] by : new double[][] {null, {0.5, 2, 1, 3}}) {
                LossCriterion<Double> weighted = criterion(loss, r, by, 1, 2, 1);
                LossCriterion<Double> repeated = criterion(loss, r, by);
                Tensor<Double> in = Tensors.of(x, 3, CLASSES);
                Tensor<Double> all = Tensors.of(twice, 4, CLASSES);
                Tensor<Double> y = labels(2, 4, -1);
                Tensor<Double> yy = labels(2, 4, -1, 4);
                assertEquals(repeated.forward(all, yy), weighted.forward(in, y), 1e-13);
                double[] g = gradient(weighted, in, y);
                double[] h = gradient(repeated, all, yy);
                for (int j = 0; j < CLASSES; j++) {
                    assertEquals(h[j], g[j], 1e-14);
                    assertEquals(h[CLASSES + j] + h[3 * CLASSES + j], g[CLASSES + j], 1e-14);
                    assertEquals(0, g[2 * CLASSES + j]);
                }
            }
        }
    }

    @Test
    void aMeanDividesByTheWeightsSum() {
        double[] x = new SplittableRandom(2).doubles(2 * CLASSES, -3, 3).toArray();
        Tensor<Double> in = Tensors.of(x, 2, CLASSES);
        Loss loss = LabelSmoothing.of(0.1);
        double first = criterion(loss, Reduction.MEAN, null)
                .forward(Tensors.of(Arrays.copyOf(x, CLASSES), 1, CLASSES), labels(3));
        double second = criterion(loss, Reduction.MEAN, null)
                .forward(Tensors.of(Arrays.copyOfRange(x, CLASSES, 2 * CLASSES), 1, CLASSES), labels(1));
        assertEquals(
                (0.5 * first + 3 * second) / 3.5,
                criterion(loss, Reduction.MEAN, null, 0.5, 3).forward(in, labels(3, 1)),
                1e-14);
        // Soft targets likewise, without their class weights, which PyTorch leaves out of the divisor.
        Tensor<Double> soft = Tensors.of(new double[] {0, 0, 1, 0, 1, 0, 0, 0}, 2, CLASSES);
        assertEquals(
                (0.5 * first + 3 * second) / 3.5,
                criterion(loss, Reduction.MEAN, null, 0.5, 3).forward(in, soft),
                1e-14);
        // Weights of one size are none.
        assertEquals(
                criterion(loss, Reduction.MEAN, null).forward(in, labels(3, 1)),
                criterion(loss, Reduction.MEAN, null, 4, 4).forward(in, labels(3, 1)),
                1e-14);
    }

    @Test
    void withWeightsOfOneNoBitOfABatchChanges() {
        float[] x = new float[8 * CLASSES];
        SplittableRandom r = new SplittableRandom(3);
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) r.nextDouble(-3, 3);
        }
        float[] y = {1, 2, 3, 4, 4, 3, 2, 1};
        double[] ones = new double[8];
        Arrays.fill(ones, 1);
        BatchLoss plain = new BatchLoss(LabelSmoothing.of(0.1), y, x, 8, CLASSES);
        BatchLoss weighted = new BatchLoss(LabelSmoothing.of(0.1), BatchOptions.MEAN, y, ones, x, 8, CLASSES);
        assertEquals(plain.forward(), weighted.forward());
        assertArrayEquals(plain.gradient(), weighted.gradient());
        // Weights are read anew at each forward.
        ones[0] = 0;
        assertTrue(plain.forward() != weighted.forward());
        assertArrayEquals(new float[CLASSES], Arrays.copyOf(weighted.gradient(), CLASSES));
    }

    @Test
    void aSigmoidsTargetsNeedNotSumToOne() {
        double[] x = {0.5, -1, 2, 0.25};
        Tensor<Double> in = Tensors.of(x, 1, CLASSES);
        Tensor<Double> several = Tensors.of(new double[] {1, 0, 1, 0}, 1, CLASSES);
        double expected = 0;
        for (int j = 0; j < CLASSES; j++) {
            double p = 1 / (1 + Math.exp(-x[j]));
            expected -= Math.log(j % 2 == 0 ? p : 1 - p);
        }
        assertEquals(
                expected / CLASSES,
                criterion(new BinaryCrossEntropy(0), Reduction.MEAN, null).forward(in, several),
                1e-14);
        LossCriterion<Double> softmax = criterion(LabelSmoothing.of(0.1), Reduction.MEAN, null);
        assertMistake("sum to 1, found 2.0 in row 1", () -> softmax.forward(in, several));
    }

    @Test
    void mistakesAreQuoted() {
        Tensor<Double> in = Tensors.of(new double[2 * CLASSES], 2, CLASSES);
        Loss loss = new MaxSup(0.1);
        assertMistake(
                "2 row weights, one for each row of logits, found 1",
                () -> criterion(loss, Reduction.SUM, null, 1).forward(in, labels(1, 2)));
        assertMistake("found -1.0 for row 2", () -> criterion(loss, Reduction.SUM, null, 1, -1)
                .forward(in, labels(1, 2)));
        assertMistake("found NaN for row 1", () -> criterion(loss, Reduction.SUM, null, Double.NaN, 1)
                .forward(in, labels(1, 2)));
        LossCriterion<Double> c = criterion(new OnlineLabelSmoothing(0.5), Reduction.SUM, null);
        c.state(LossState.NONE);
        assertMistake("state of 20 sums", () -> c.forward(in, labels(1, 2)));
    }

    private static void assertMistake(String quoted, org.junit.jupiter.api.function.Executable call) {
        String message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.startsWith("expected ") && message.contains(quoted), message);
    }
}
