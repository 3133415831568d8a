package ai.softlabel.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.bigdl.Engine;
import ai.softlabel.bigdl.Tensors;
import com.intel.analytics.bigdl.dllib.nn.abstractnn.TensorCriterion;
import com.intel.analytics.bigdl.dllib.tensor.Tensor;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** What holds of every criterion over logits whose target is a distribution, for seeded random batches. */
abstract class CriterionContract {
    /** The criterion under test, over doubles. */
    abstract TensorCriterion<Double> criterion();

    /** A target for rows of so many classes, and each row's distribution that the loss is least for. */
    abstract Case random(SplittableRandom random, int rows, int classes);

    record Case(double[] target, int[] shape, double[][] best) {}

    @BeforeAll
    static void engine() {
        Engine.start();
    }

    private static double[] logits(SplittableRandom r, int n) {
        return r.doubles(n, -5, 5).toArray();
    }

    private double loss(double[] x, int rows, int classes, Case c) {
        return criterion().forward(Tensors.of(x.clone(), rows, classes), Tensors.of(c.target(), c.shape()));
    }

    private double[] gradient(double[] x, int rows, int classes, Case c) {
        TensorCriterion<Double> criterion = criterion();
        Tensor<Double> in = Tensors.of(x.clone(), rows, classes);
        Tensor<Double> target = Tensors.of(c.target(), c.shape());
        criterion.forward(in, target);
        return ((double[]) criterion.backward(in, target).storage().array()).clone();
    }

    @RepeatedTest(20)
    void shiftingARowChangesNothing(RepetitionInfo seed) {
        SplittableRandom r = new SplittableRandom(seed.getCurrentRepetition());
        int rows = 1 + r.nextInt(6);
        int classes = 2 + r.nextInt(20);
        Case c = random(r, rows, classes);
        double[] x = logits(r, rows * classes);
        double[] shifted = x.clone();
        for (int row = 0; row < rows; row++) {
            double by = 200 * (r.nextDouble() - 0.5);
            for (int j = 0; j < classes; j++) {
                shifted[row * classes + j] += by;
            }
        }
        assertEquals(loss(x, rows, classes, c), loss(shifted, rows, classes, c), 1e-11);
        assertArrayEquals(gradient(x, rows, classes, c), gradient(shifted, rows, classes, c), 1e-13);
    }

    @RepeatedTest(20)
    void theGradientIsTheLossesDerivativeAndEachRowOfItSumsToNothing(RepetitionInfo seed) {
        SplittableRandom r = new SplittableRandom(100 + seed.getCurrentRepetition());
        int rows = 1 + r.nextInt(4);
        int classes = 2 + r.nextInt(6);
        Case c = random(r, rows, classes);
        double[] x = logits(r, rows * classes);
        double[] g = gradient(x, rows, classes, c);
        double h = 1e-5;
        for (int k = 0; k < x.length; k++) {
            double[] up = x.clone();
            double[] down = x.clone();
            up[k] += h;
            down[k] -= h;
            assertEquals((loss(up, rows, classes, c) - loss(down, rows, classes, c)) / (2 * h), g[k], 1e-8);
        }
        for (int row = 0; row < rows; row++) {
            assertEquals(0, Arrays.stream(g, row * classes, (row + 1) * classes).sum(), 1e-14);
        }
    }

    @RepeatedTest(20)
    void theLossIsLeastAtTheTargetsEntropy(RepetitionInfo seed) {
        SplittableRandom r = new SplittableRandom(200 + seed.getCurrentRepetition());
        int classes = 2 + r.nextInt(36);
        Case c = random(r, 1, classes);
        double[] best = Arrays.stream(c.best()[0]).map(Math::log).toArray();
        double entropy = -Arrays.stream(c.best()[0]).map(p -> p * Math.log(p)).sum();
        assertEquals(entropy, loss(best, 1, classes, c), 1e-12);
        for (int i = 0; i < 5; i++) {
            assertTrue(loss(logits(r, classes), 1, classes, c) > entropy);
        }
    }
}
