package ai.softlabel.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.softlabel.bigdl.Tensors;
import com.intel.analytics.bigdl.dllib.nn.abstractnn.TensorCriterion;
import com.intel.analytics.bigdl.dllib.tensor.Tensor;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

class LabelSmoothingContractTest {
    private static final double EPSILON = 0.1;

    @Nested
    class Hard extends CriterionContract {
        @Override
        TensorCriterion<Double> criterion() {
            return LabelSmoothingCriterion.ofDoubles(Smoothing.of(EPSILON));
        }

        @Override
        Case random(SplittableRandom random, int rows, int classes) {
            double[] labels = random.ints(rows, 1, classes + 1).asDoubleStream().toArray();
            double[][] best = new double[rows][classes];
            for (int i = 0; i < rows; i++) {
                java.util.Arrays.fill(best[i], EPSILON / classes);
                best[i][(int) labels[i] - 1] += 1 - EPSILON;
            }
            return new Case(labels, new int[] {rows}, best);
        }

        /** Renaming the classes renames the gradient and leaves the loss. */
        @RepeatedTest(20)
        void permutingTheClassesPermutesTheGradient(RepetitionInfo seed) {
            SplittableRandom r = new SplittableRandom(300 + seed.getCurrentRepetition());
            int n = 2 + r.nextInt(20);
            int[] to = java.util.stream.IntStream.range(0, n)
                    .boxed()
                    .sorted(java.util.Comparator.comparingInt(i -> (int) (31 * i + 17L * i * i) % 101))
                    .mapToInt(i -> i)
                    .toArray();
            double[] x = r.doubles(n, -5, 5).toArray();
            double[] moved = new double[n];
            for (int j = 0; j < n; j++) {
                moved[to[j]] = x[j];
            }
            int label = r.nextInt(n);
            double[] g = gradient(x, label);
            double[] h = gradient(moved, to[label]);
            double[] back = new double[n];
            for (int j = 0; j < n; j++) {
                back[j] = h[to[j]];
            }
            assertArrayEquals(g, back, 1e-15);
        }

        private double[] gradient(double[] x, int label) {
            TensorCriterion<Double> c = criterion();
            Tensor<Double> in = Tensors.of(x, 1, x.length);
            Tensor<Double> target = Tensors.of(new double[] {label + 1}, 1);
            c.forward(in, target);
            return ((double[]) c.backward(in, target).storage().array()).clone();
        }
    }

    @Nested
    class Soft extends CriterionContract {
        @Override
        TensorCriterion<Double> criterion() {
            return LabelSmoothingCriterion.ofDoubles(Smoothing.of(EPSILON));
        }

        @Override
        Case random(SplittableRandom random, int rows, int classes) {
            double[] target = new double[rows * classes];
            double[][] best = new double[rows][classes];
            for (int i = 0; i < rows; i++) {
                double[] q = random.doubles(classes).toArray();
                double sum = java.util.Arrays.stream(q).sum();
                for (int j = 0; j < classes; j++) {
                    target[i * classes + j] = q[j] / sum;
                    best[i][j] = (1 - EPSILON) * q[j] / sum + EPSILON / classes;
                }
            }
            return new Case(target, new int[] {rows, classes}, best);
        }

        /**
         * A distribution on one class is that class's label, and a mixture of two labels the mixture of their losses.
         */
        @RepeatedTest(10)
        void mixedLabelsMixTheirLosses(RepetitionInfo seed) {
            SplittableRandom r = new SplittableRandom(400 + seed.getCurrentRepetition());
            double[] x = r.doubles(5, -3, 3).toArray();
            double share = r.nextDouble();
            double[] q = new double[5];
            q[1] = share;
            q[4] = 1 - share;
            Tensor<Double> in = Tensors.of(x, 1, 5);
            double mixed = criterion().forward(in, Tensors.of(q, 1, 5));
            double first = criterion().forward(in, Tensors.of(new double[] {2}, 1));
            double second = criterion().forward(in, Tensors.of(new double[] {5}, 1));
            assertEquals(share * first + (1 - share) * second, mixed, 1e-13);
        }
    }
}
