package ai.softlabel.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.bigdl.Engine;
import ai.softlabel.bigdl.Tensors;
import com.intel.analytics.bigdl.dllib.nn.CrossEntropyCriterion;
import com.intel.analytics.bigdl.dllib.tensor.Tensor;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LabelSmoothingCriterionTest {
    @BeforeAll
    static void engine() {
        Engine.start();
    }

    private static double loss(Smoothing s, double[] logits, int classes, double... labels) {
        return LabelSmoothingCriterion.ofDoubles(s)
                .forward(Tensors.of(logits, labels.length, classes), Tensors.of(labels, labels.length));
    }

    private static double[] gradient(Smoothing s, double[] logits, int classes, double... labels) {
        LabelSmoothingCriterion<Double> c = LabelSmoothingCriterion.ofDoubles(s);
        Tensor<Double> in = Tensors.of(logits, labels.length, classes);
        Tensor<Double> target = Tensors.of(labels, labels.length);
        c.forward(in, target);
        return ((double[]) c.backward(in, target).storage().array()).clone();
    }

    private static double[] random(int n, long seed) {
        return new SplittableRandom(seed).doubles(n, -3, 3).toArray();
    }

    @Test
    void isTheArticlesFormula() {
        double[] x = {2, -1, 0.5};
        double z = Math.exp(2) + Math.exp(-1) + Math.exp(0.5);
        double[] ce = Arrays.stream(x).map(v -> -Math.log(Math.exp(v) / z)).toArray();
        double expected = 0.9 * ce[2] + 0.1 * (ce[0] + ce[1] + ce[2]) / 3;
        assertEquals(expected, loss(Smoothing.of(0.1), x, 3, 3), 1e-14);
    }

    @Test
    void minimumIsTheSmoothedTargetsEntropy() {
        assertEquals(0.667770, Smoothing.minimum(0.1, 37), 5e-7);
        assertEquals(0, Smoothing.minimum(0, 37));
        assertEquals(0, Smoothing.minimum(0.3, 1));
        double[] best = new double[37];
        best[4] = Math.log((1 - 0.1 + 0.1 / 37) / (0.1 / 37));
        assertEquals(Smoothing.minimum(0.1, 37), loss(Smoothing.of(0.1), best, 37, 5), 1e-14);
        for (double g : gradient(Smoothing.of(0.1), best, 37, 5)) {
            assertEquals(0, g, 1e-15);
        }
    }

    @Test
    void gradientIsTheLossesDerivative() {
        double[] weights = {0.5, 2, 1, 3};
        for (Reduction r : Reduction.values()) {
            Smoothing s = new Smoothing(0.2, r, weights, -1);
            double[] x = random(12, 3);
            double[] g = gradient(s, x, 4, 2, -1, 4);
            for (int k = 0; k < x.length; k++) {
                double h = 1e-6;
                double[] up = x.clone();
                double[] down = x.clone();
                up[k] += h;
                down[k] -= h;
                assertEquals((loss(s, up, 4, 2, -1, 4) - loss(s, down, 4, 2, -1, 4)) / (2 * h), g[k], 1e-8);
            }
        }
    }

    @Test
    void withoutSmoothingItIsBigDlsCrossEntropy() {
        double[] x = random(7 * 5, 1);
        double[] labels = {1, 5, 3, 3, 2, 4, 1};
        CrossEntropyCriterion<Double> reference =
                new CrossEntropyCriterion<>(null, true, Tensors.tag(Double.class), Tensors.numeric(Double.class));
        Tensor<Double> in = Tensors.of(x.clone(), 7, 5);
        Tensor<Double> target = Tensors.of(labels, 7);
        assertEquals(reference.forward(in, target), loss(Smoothing.of(0), x, 5, labels), 1e-14);
        assertArrayEquals(
                (double[]) reference.backward(in, target).storage().array(),
                gradient(Smoothing.of(0), x, 5, labels),
                1e-15);
    }

    @Test
    void ignoredRowsCountForNothing() {
        Smoothing s = new Smoothing(0.1, Reduction.MEAN, null, 0);
        double[] x = random(9, 2);
        double[] kept = Arrays.copyOfRange(x, 3, 6);
        assertEquals(loss(s, kept, 3, 2), loss(s, x, 3, 0, 2, 0), 1e-15);
        double[] g = gradient(s, x, 3, 0, 2, 0);
        assertArrayEquals(new double[3], Arrays.copyOf(g, 3));
        assertArrayEquals(gradient(s, kept, 3, 2), Arrays.copyOfRange(g, 3, 6), 1e-15);
        assertEquals(0, loss(s, x, 3, 0, 0, 0));
        assertArrayEquals(new double[9], gradient(s, x, 3, 0, 0, 0));
    }

    @Test
    void stridesAndSingleRowsAreRead() {
        double[] x = random(6, 4);
        double[] turned = {x[0], x[3], x[1], x[4], x[2], x[5]};
        LabelSmoothingCriterion<Double> c = LabelSmoothingCriterion.ofDoubles(Smoothing.of(0.1));
        Tensor<Double> transposed = Tensors.of(turned, 3, 2).transpose(1, 2);
        Tensor<Double> target = Tensors.of(new double[] {3, 1}, 2);
        assertEquals(loss(Smoothing.of(0.1), x, 3, 3, 1), c.forward(transposed, target), 1e-15);
        assertArrayEquals(
                gradient(Smoothing.of(0.1), x, 3, 3, 1),
                (double[]) c.backward(transposed, target).contiguous().storage().array(),
                1e-15);
        double[] first = Arrays.copyOf(x, 3);
        assertEquals(
                loss(Smoothing.of(0.1), first, 3, 3),
                c.forward(Tensors.of(first, 3), Tensors.of(new double[] {3}, 1)),
                1e-15);
    }

    @Test
    void floatsAgreeWithDoubles() {
        double[] x = random(40, 9);
        float[] single = new float[40];
        for (int i = 0; i < 40; i++) {
            single[i] = (float) x[i];
            x[i] = single[i];
        }
        LabelSmoothingCriterion<Float> c = LabelSmoothingCriterion.ofFloats(Smoothing.of(0.1));
        assertEquals(
                loss(Smoothing.of(0.1), x, 10, 1, 2, 3, 4),
                c.forward(Tensors.of(single, 4, 10), Tensors.of(new float[] {1, 2, 3, 4}, 4)),
                1e-6);
    }

    @Test
    void mistakesAreQuoted() {
        Smoothing s = Smoothing.of(0.1);
        assertMistake("[0, 1), found 1.0", () -> Smoothing.of(1));
        assertMistake("found -0.1", () -> Smoothing.of(-0.1));
        assertMistake("found NaN", () -> Smoothing.of(Double.NaN));
        assertMistake("from 1 to 3, found 4.0 in row 2", () -> loss(s, new double[6], 3, 1, 4));
        assertMistake("found 0.0", () -> loss(s, new double[3], 3, 0));
        assertMistake("found 1.5", () -> loss(s, new double[3], 3, 1.5));
        assertMistake(
                "2 labels, one for each row of logits, found shape [1]", () -> LabelSmoothingCriterion.ofDoubles(s)
                        .forward(Tensors.of(new double[6], 2, 3), Tensors.of(new double[] {1}, 1)));
        assertMistake("(batch, classes) or (classes), found [1, 2, 3]", () -> LabelSmoothingCriterion.ofDoubles(s)
                .forward(Tensors.of(new double[6], 1, 2, 3), Tensors.of(new double[] {1}, 1)));
        assertMistake(
                "finite logits, found NaN for class 2 in row 1", () -> loss(s, new double[] {0, Double.NaN, 0}, 3, 1));
        assertMistake("found -Infinity", () -> loss(s, new double[] {Double.NEGATIVE_INFINITY, 0, 0}, 3, 1));
        assertMistake(
                "logits for 2 classes, one for each class weight, found 3",
                () -> loss(new Smoothing(0.1, Reduction.MEAN, new double[] {1, 1}, null), new double[3], 3, 1));
        assertMistake(
                "at least 0, found -1.0 for class 2",
                () -> new Smoothing(0.1, Reduction.MEAN, new double[] {1, -1}, null));
    }

    private static void assertMistake(String quoted, org.junit.jupiter.api.function.Executable call) {
        String message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.startsWith("expected ") && message.contains(quoted), message);
    }

    @Test
    void aCallAllocatesNothingButItsResult() {
        LabelSmoothingCriterion<Double> c = LabelSmoothingCriterion.ofDoubles(Smoothing.of(0.1));
        Tensor<Double> in = Tensors.of(random(64 * 37, 5), 64, 37);
        Tensor<Double> target = Tensors.of(
                new SplittableRandom(6).ints(64, 1, 38).asDoubleStream().toArray(), 64);
        for (int i = 0; i < 20_000; i++) {
            c.forward(in, target);
            c.backward(in, target);
        }
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        int calls = 1000;
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < calls; i++) {
            c.forward(in, target);
            c.backward(in, target);
        }
        long each = (threads.getCurrentThreadAllocatedBytes() - before) / calls;
        // The box is 24 bytes at most; the batch's 64 rows and 37 classes would show in thousands.
        assertTrue(each <= 128, "a call allocates " + each + " bytes");
    }
}
