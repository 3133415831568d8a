package ai.softlabel.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.bigdl.Engine;
import ai.softlabel.bigdl.Tensors;
import com.intel.analytics.bigdl.dllib.tensor.Tensor;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What holds of every loss in {@link Losses#types}, with its default parameters and with others; a loss in that list is
 * tested here without any further line.
 */
class LossContractTest {
    private static final int SEEDS = 12;

    @BeforeAll
    static void engine() {
        Engine.start();
    }

    static Stream<Loss> losses() {
        List<Loss> all = new ArrayList<>();
        for (LossType type : Losses.types()) {
            all.add(type.of(Map.of()));
            SplittableRandom r = new SplittableRandom(type.name().hashCode());
            for (int i = 0; i < 3; i++) {
                Map<String, Double> values = new LinkedHashMap<>();
                for (LossParameter p : type.parameters()) {
                    double width = Double.isInfinite(p.below()) ? 5 : p.below() - p.from();
                    values.put(p.name(), p.from() + width * r.nextDouble(0.05, 0.95));
                }
                all.add(type.of(values));
            }
        }
        return all.stream();
    }

    /** A batch, and what the loss has learnt from others before it. */
    private record Batch(double[] logits, double[] target, boolean soft, int rows, int classes, float[] learnt) {
        static Batch random(Loss loss, SplittableRandom r, boolean soft) {
            int rows = 1 + r.nextInt(4);
            int classes = 2 + r.nextInt(8);
            LossState seen = LossState.of(loss, classes);
            for (int k = 0; k < 50; k++) {
                double[] q = new double[classes];
                q[r.nextInt(classes)] = 1;
                loss.row(r.doubles(classes, -3, 3).toArray(), q, classes, 1, seen, new double[classes]);
            }
            return new Batch(
                    r.doubles((long) rows * classes, -5, 5).toArray(),
                    soft
                            ? soft(loss, r, rows, classes)
                            : r.ints(rows, 1, classes + 1).asDoubleStream().toArray(),
                    soft,
                    rows,
                    classes,
                    loss.fold(seen.learnt(), seen.gathered(), classes));
        }

        private static double[] soft(Loss loss, SplittableRandom r, int rows, int classes) {
            double[] q = r.doubles((long) rows * classes).toArray();
            for (int row = 0; row < rows && loss.link() == Link.SOFTMAX; row++) {
                double sum =
                        Arrays.stream(q, row * classes, (row + 1) * classes).sum();
                for (int j = 0; j < classes; j++) {
                    q[row * classes + j] /= sum;
                }
            }
            return q;
        }

        Batch with(double[] otherLogits) {
            return new Batch(otherLogits, target, soft, rows, classes, learnt);
        }
    }

    private record Result(double loss, double[] gradient, double[] gathered) {}

    private static Result run(Loss loss, Batch b, Reduction reduction, double[] weights, double[] classWeights) {
        LossCriterion<Double> c = LossCriterion.ofDoubles(loss, new BatchOptions(reduction, classWeights, null));
        LossState state = LossState.of(loss, b.classes(), b.learnt());
        c.state(state);
        c.weights(weights);
        Tensor<Double> in = Tensors.of(b.logits().clone(), b.rows(), b.classes());
        Tensor<Double> target =
                b.soft() ? Tensors.of(b.target(), b.rows(), b.classes()) : Tensors.of(b.target(), b.rows());
        double value = c.forward(in, target);
        double[] gradient = ((double[]) c.backward(in, target).storage().array()).clone();
        return new Result(value, gradient, state.gathered());
    }

    private static Result run(Loss loss, Batch b) {
        return run(loss, b, Reduction.MEAN, null, null);
    }

    private interface Check {
        void of(Batch b, SplittableRandom r);
    }

    /** Seeded batches with labels, and as many with soft targets. */
    private static void each(Loss loss, Check check) {
        for (int seed = 0; seed < SEEDS; seed++) {
            for (boolean soft : new boolean[] {false, true}) {
                SplittableRandom r = new SplittableRandom(seed);
                check.of(Batch.random(loss, r, soft), r);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void theGradientIsTheLossesDerivative(Loss loss) {
        each(loss, (b, r) -> {
            double[] w = r.doubles(b.rows(), 0.1, 3).toArray();
            double[] by = r.doubles(b.classes(), 0.1, 3).toArray();
            double[] g = run(loss, b, Reduction.MEAN, w, by).gradient();
            double h = 1e-5;
            for (int k = 0; k < g.length; k++) {
                double[] up = b.logits().clone();
                double[] down = b.logits().clone();
                up[k] += h;
                down[k] -= h;
                double slope = run(loss, b.with(up), Reduction.MEAN, w, by).loss()
                        - run(loss, b.with(down), Reduction.MEAN, w, by).loss();
                assertEquals(slope / (2 * h), g[k], 1e-8);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("losses")
    void withSoftmaxShiftingARowChangesNothingAndItsGradientSumsToZero(Loss loss) {
        each(loss, (b, r) -> {
            if (loss.link() != Link.SOFTMAX) {
                return;
            }
            double[] shifted = b.logits().clone();
            for (int row = 0; row < b.rows(); row++) {
                double by = 200 * (r.nextDouble() - 0.5);
                for (int j = 0; j < b.classes(); j++) {
                    shifted[row * b.classes() + j] += by;
                }
            }
            Result plain = run(loss, b);
            Result moved = run(loss, b.with(shifted));
            assertEquals(plain.loss(), moved.loss(), 1e-11);
            assertArrayEquals(plain.gradient(), moved.gradient(), 1e-13);
            for (int row = 0; row < b.rows(); row++) {
                assertEquals(
                        0,
                        Arrays.stream(plain.gradient(), row * b.classes(), (row + 1) * b.classes())
                                .sum(),
                        1e-14);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("losses")
    void theMinimumIsReachedAndNeverPassed(Loss loss) {
        for (int classes : new int[] {2, 3, 10, 37}) {
            if (loss.minimum(classes).isEmpty()) {
                continue;
            }
            double minimum = loss.minimum(classes).getAsDouble();
            LossState state = LossState.of(loss, classes);
            double[] q = new double[classes];
            q[1] = 1;
            double[] x = new double[classes];
            double[] g = new double[classes];
            double value = 0;
            for (int step = 0; step < 100_000; step++) {
                value = loss.row(x, q, classes, 1, state, g);
                assertTrue(value >= minimum - 1e-12, () -> "below the minimum " + minimum);
                for (int j = 0; j < classes; j++) {
                    x[j] -= 2 * g[j];
                }
            }
            // Where the minimum is 0 it is a limit, which gradient descent nears as 1 / steps.
            assertEquals(minimum, value, minimum == 0 ? 1e-3 : 1e-9);
            SplittableRandom r = new SplittableRandom(classes);
            for (int k = 0; k < 200; k++) {
                double[] random = r.doubles(classes, -8, 8).toArray();
                assertTrue(loss.row(random, q, classes, 1, state, g) >= minimum);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void permutingTheClassesPermutesTheGradient(Loss loss) {
        for (int seed = 0; seed < SEEDS; seed++) {
            SplittableRandom r = new SplittableRandom(700 + seed);
            int n = 2 + r.nextInt(12);
            List<Integer> to = new ArrayList<>(IntStream.range(0, n).boxed().toList());
            Collections.shuffle(to, new Random(seed));
            LossState here = LossState.of(loss, n);
            LossState there = LossState.of(loss, n);
            for (int epoch = 0; epoch < 3; epoch++) {
                for (int k = 0; k < 40; k++) {
                    double[] x = r.doubles(n, -4, 4).toArray();
                    if (k == 0 && epoch == 0) {
                        // Equal logits everywhere: no class comes first.
                        Arrays.fill(x, 1.5);
                    }
                    double[] q = new double[n];
                    q[r.nextInt(n)] = 1;
                    double[] g = new double[n];
                    double[] h = new double[n];
                    // The first row learns into states of its own: of equal predictions the first class counts.
                    boolean apart = k == 0;
                    double a = loss.row(x, q, n, 1, apart ? copy(loss, n, here) : here, g);
                    double b = loss.row(moved(x, to), moved(q, to), n, 1, apart ? copy(loss, n, there) : there, h);
                    assertEquals(a, b, 1e-13);
                    assertArrayEquals(moved(g, to), h, 1e-14);
                }
                here = LossState.of(loss, n, loss.fold(here.learnt(), here.gathered(), n));
                there = LossState.of(loss, n, loss.fold(there.learnt(), there.gathered(), n));
            }
        }
    }

    private static LossState copy(Loss loss, int n, LossState of) {
        return LossState.of(loss, n, of.learnt());
    }

    private static double[] moved(double[] x, List<Integer> to) {
        double[] out = new double[x.length];
        for (int j = 0; j < x.length; j++) {
            out[to.get(j)] = x[j];
        }
        return out;
    }

    @ParameterizedTest
    @MethodSource("losses")
    void lossGradientAndWhatIsGatheredAreLinearInTheWeight(Loss loss) {
        each(loss, (b, r) -> {
            Result one = run(loss, b, Reduction.SUM, null, null);
            double[] twos = new double[b.rows()];
            Arrays.fill(twos, 2);
            Result two = run(loss, b, Reduction.SUM, twos, null);
            assertEquals(2 * one.loss(), two.loss());
            assertArrayEquals(doubled(one.gradient()), two.gradient());
            assertArrayEquals(doubled(one.gathered()), two.gathered());
            if (loss.link() == Link.SOFTMAX) {
                double[] byTwo = new double[b.classes()];
                Arrays.fill(byTwo, 2);
                Result classes = run(loss, b, Reduction.SUM, null, byTwo);
                assertEquals(2 * one.loss(), classes.loss(), 1e-12 * Math.abs(one.loss()));
            }
            Result none = run(loss, b, Reduction.MEAN, new double[b.rows()], null);
            assertEquals(0, none.loss());
            assertArrayEquals(new double[none.gradient().length], none.gradient());
            assertArrayEquals(new double[none.gathered().length], none.gathered());
        });
    }

    private static double[] doubled(double[] values) {
        return Arrays.stream(values).map(v -> 2 * v).toArray();
    }

    @ParameterizedTest
    @MethodSource("losses")
    void floatTensorsAgreeWithDoubles(Loss loss) {
        each(loss, (b, r) -> {
            float[] x = floats(b.logits());
            float[] q = floats(b.target());
            LossCriterion<Float> c = LossCriterion.ofFloats(loss, BatchOptions.MEAN);
            c.state(LossState.of(loss, b.classes(), b.learnt()));
            Tensor<Float> in = Tensors.of(x, b.rows(), b.classes());
            Tensor<Float> target = b.soft() ? Tensors.of(q, b.rows(), b.classes()) : Tensors.of(q, b.rows());
            Result exact = run(loss, b);
            assertEquals(exact.loss(), c.forward(in, target), 1e-5);
            float[] g = Tensors.floats(c.backward(in, target));
            for (int k = 0; k < g.length; k++) {
                assertEquals(exact.gradient()[k], g[k], 1e-5);
            }
        });
    }

    private static float[] floats(double[] values) {
        float[] out = new float[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) values[i];
        }
        return out;
    }

    @ParameterizedTest
    @MethodSource("losses")
    void largeLogitsAndOneClassGiveFiniteNumbers(Loss loss) {
        for (double[] x : new double[][] {{1e4, -1e4, 0}, {-1e30, 1e30, 1e30}, {7}}) {
            for (int label = 0; label < x.length; label++) {
                double[] q = new double[x.length];
                q[label] = 1;
                double[] g = new double[x.length];
                assertTrue(Double.isFinite(loss.row(x, q, x.length, 1, LossState.of(loss, x.length), g)));
                assertTrue(Arrays.stream(g).allMatch(Double::isFinite));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void anEpochThatSawNothingLeavesAStateThatWorks(Loss loss) {
        float[] next = loss.fold(loss.initial(5), new double[loss.gathered(5)], 5);
        assertEquals(loss.initial(5).length, next.length);
        double[] q = {0, 0, 1, 0, 0};
        double[] g = new double[5];
        assertTrue(Double.isFinite(loss.row(new double[] {1, 2, 3, 4, 5}, q, 5, 1, LossState.of(loss, 5, next), g)));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void aCallAllocatesNothingButItsResult(Loss loss) {
        LossCriterion<Double> c = LossCriterion.ofDoubles(loss, BatchOptions.MEAN);
        c.weights(new SplittableRandom(7).doubles(64, 0, 2).toArray());
        Tensor<Double> in =
                Tensors.of(new SplittableRandom(5).doubles(64 * 37, -3, 3).toArray(), 64, 37);
        Tensor<Double> target = Tensors.of(
                new SplittableRandom(6).ints(64, 1, 38).asDoubleStream().toArray(), 64);
        for (int i = 0; i < 5000; i++) {
            c.forward(in, target);
            c.backward(in, target);
        }
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        int calls = 500;
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < calls; i++) {
            c.forward(in, target);
            c.backward(in, target);
        }
        long each = (threads.getCurrentThreadAllocatedBytes() - before) / calls;
        assertTrue(each <= 128, "a call allocates " + each + " bytes");
    }
}
