package ai.softlabel.conformance;

import ai.softlabel.bigdl.Engine;
import ai.softlabel.bigdl.Tensors;
import ai.softlabel.optim.AdamW;
import ai.softlabel.optim.Optimizer;
import ai.softlabel.optim.Segments;
import ai.softlabel.optim.Segments.Segment;
import ai.softlabel.optim.Sgd;
import bigdl.shaded.scala.Tuple2;
import com.intel.analytics.bigdl.dllib.optim.Adam;
import com.intel.analytics.bigdl.dllib.optim.OptimMethod;
import com.intel.analytics.bigdl.dllib.optim.SGD;
import com.intel.analytics.bigdl.dllib.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Where BigDL's own {@code OptimMethod}s and ours are the same rule: one rate, one decay, one array; see
 * docs/decisions/005.
 */
class BigDlOptimMethodTest {
    private static final int N = 200;
    private static final int STEPS = 100;
    private static final double DECAY = 0.01;

    @BeforeAll
    static void engine() {
        Engine.start();
    }

    private static float[] gradient(float[] w, int step) {
        float[] goal = new float[N];
        float[] tilt = new float[N];
        Streams.fill("bigdl/goal", goal, 0, N, -1, 1, 1);
        Streams.fill("bigdl/tilt/" + step, tilt, 0, N, -1, 1, 0.02);
        for (int i = 0; i < N; i++) {
            tilt[i] += 0.1f * (w[i] - goal[i]);
        }
        return tilt;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static float[] theirs(OptimMethod method) {
        float[] w = new float[N];
        Streams.fill("bigdl/begin", w, 0, N, -1, 1, 1);
        Tensor x = Tensors.of(w, N);
        for (int k = 0; k < STEPS; k++) {
            float[] g = gradient(w, k);
            method.optimize(at -> new Tuple2<>(0f, Tensors.of(g, N)), x);
        }
        return w;
    }

    private static float[] ours(Optimizer rule, double rate, double decay) {
        float[] w = new float[N];
        Streams.fill("bigdl/begin", w, 0, N, -1, 1, 1);
        Segments one = new Segments(List.of(new Segment(0, N, 1, decay)));
        float[][] state = new float[rule.states()][N];
        for (int k = 0; k < STEPS; k++) {
            rule.update(
                    one,
                    new Optimizer.Arrays(w, gradient(w, k), state, 0),
                    0,
                    N,
                    new Optimizer.Step(k + 1, rate, 0.9, 1, null));
        }
        return w;
    }

    private static SGD<Float> sgd(boolean nesterov) {
        return new SGD<>(
                0.05,
                0,
                DECAY,
                0.9,
                0,
                nesterov,
                new SGD.Default(),
                null,
                null,
                Tensors.tag(Float.class),
                Tensors.numeric(Float.class));
    }

    private static double apart(float[] a, float[] b) {
        return Streams.distance(Streams.doubles(a), Streams.doubles(b)) / Streams.norm(Streams.doubles(a));
    }

    @Test
    void sgdWithMomentumIsTheSameRule() {
        Comparisons.check(
                "optimiser: SGD with momentum, one group, 100 steps",
                "BigDL dllib 2.4.0 SGD",
                apart(theirs(sgd(false)), ours(new Sgd(false), 0.05, DECAY)),
                1e-5,
                "the weights' norm");
    }

    @Test
    void nesterovIsTheSameRule() {
        Comparisons.check(
                "optimiser: Nesterov SGD, one group, 100 steps",
                "BigDL dllib 2.4.0 SGD",
                apart(theirs(sgd(true)), ours(new Sgd(true), 0.05, DECAY)),
                1e-5,
                "the weights' norm");
    }

    @Test
    void adamWithoutDecayIsTheSameRule() {
        Adam<Float> adam =
                new Adam<>(0.01, 0, 0.9, 0.999, 1e-8, Tensors.tag(Float.class), Tensors.numeric(Float.class));
        Comparisons.check(
                "optimiser: Adam without decay, one group, 100 steps",
                "BigDL dllib 2.4.0 Adam",
                apart(theirs(adam), ours(new AdamW(0.999, 1e-8), 0.01, 0)),
                1e-5,
                "the weights' norm");
    }
}
