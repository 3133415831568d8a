package ai.softlabel.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Annotation;
import ai.softlabel.Example;
import ai.softlabel.Part;
import ai.softlabel.Pixels;
import ai.softlabel.bigdl.NativeThread;
import ai.softlabel.loss.LabelSmoothing;
import ai.softlabel.network.Initialization;
import ai.softlabel.network.ModelState;
import ai.softlabel.score.Features;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A picture of weight 2 moves what is learnt as the picture twice does. */
class WeightsReachTheLossTest {
    private static final int CLASSES = 4;
    private static final int SIZE = 64;

    /** Without augmentation, but for mirror images, and with BatchNorm folded: a row does not depend on the others. */
    private static Recipe recipe(int batch) {
        return new Recipe(
                Hyperparameters.builder()
                        .imageSize(SIZE)
                        .batchSize(batch)
                        .epochs(1)
                        .frozenNorm(true)
                        .augmentation(new Augmentation(1, 0, 0, 0, 1))
                        .build(),
                CLASSES,
                1);
    }

    private static Annotation weighing(int label, double weight) {
        return Annotation.of(label, Part.TRAIN).weighted(weight);
    }

    private static float[] gradientOfHead(List<Features> batch) {
        return gradientOfHead(recipe(batch.size()), batch);
    }

    private static float[] gradientOfHead(Recipe recipe, List<Features> batch) {
        float[] weights = Initialization.fresh(recipe.model(), 1).weights();
        try (NativeThread thread = NativeThread.borrow(1)) {
            return thread.call(() -> {
                try (HeadLearner head = new HeadLearner(recipe, weights)) {
                    head.start(0, 1, Items.of(batch), new float[0]);
                    head.assemble(0);
                    assertTrue(head.compute() > 0);
                    return head.gradient().clone();
                }
            });
        }
    }

    private static Features features(String name, int label, double weight, long seed) {
        float[] values = new float[recipe(1).model().features()];
        Random r = new Random(seed);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) r.nextGaussian();
        }
        return new Features(name, weighing(label, weight), 0, new float[][] {values});
    }

    @Test
    void inAHeadThatLearns() {
        float[] weighted = gradientOfHead(List.of(features("a", 1, 2, 5), features("b", 3, 1, 6)));
        float[] repeated =
                gradientOfHead(List.of(features("a", 1, 1, 5), features("b", 3, 1, 6), features("a again", 1, 1, 5)));
        float[] plain = gradientOfHead(List.of(features("a", 1, 1, 5), features("b", 3, 1, 6)));
        assertNear(repeated, weighted, 1e-6);
        assertTrue(distance(plain, weighted) > 0.05);
    }

    private static float[] gradientOfModel(List<Example> batch) {
        Recipe recipe = recipe(batch.size());
        ModelState state = Initialization.fresh(recipe.model(), 1);
        try (NativeThread thread = NativeThread.borrow(1)) {
            return thread.call(() -> {
                try (Replica replica = new Replica(recipe, state.weights(), state.statistics())) {
                    replica.start(0, Items.of(batch), state.statistics(), new float[0]);
                    replica.assemble(0);
                    assertTrue(replica.compute() > 0);
                    return replica.gradient().clone();
                }
            });
        }
    }

    private static Example example(String name, int label, double weight, int shade) {
        // One colour: any crop of it is the same.
        byte[] rgb = new byte[3 * SIZE * SIZE];
        java.util.Arrays.fill(rgb, (byte) shade);
        return new Example(name, weighing(label, weight), 0, new Pixels(SIZE, SIZE, rgb));
    }

    @Test
    void inAModelThatLearns() {
        float[] weighted = gradientOfModel(List.of(example("a", 1, 2, 40), example("b", 3, 1, 200)));
        float[] repeated =
                gradientOfModel(List.of(example("a", 1, 1, 40), example("b", 3, 1, 200), example("a again", 1, 1, 40)));
        float[] plain = gradientOfModel(List.of(example("a", 1, 1, 40), example("b", 3, 1, 200)));
        assertNear(repeated, weighted, 1e-4);
        assertTrue(distance(plain, weighted) > 0.01);
    }

    private static void assertNear(float[] expected, float[] found, double tolerance) {
        double off = distance(expected, found);
        assertTrue(off < tolerance, () -> "off by " + off + " of the norm");
    }

    private static double distance(float[] expected, float[] found) {
        double off = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            off += Math.pow(expected[i] - found[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        return Math.sqrt(off / norm);
    }

    @Test
    void mixingMixesThemAsItMixesLabels() {
        BatchTargets targets = new BatchTargets(LabelSmoothing.of(0.1), 2, CLASSES, true);
        targets.set(0, weighing(1, 2));
        targets.set(1, weighing(3, 0.5));
        targets.mix(0, 1, 0.75);
        targets.mix(1, 0, 0.9);
        assertArrayEquals(new double[] {0.75 * 2 + 0.25 * 0.5, 0.9 * 0.5 + 0.1 * 2}, targets.weights(), 1e-15);
        assertArrayEquals(new float[] {0, 0.75f, 0, 0.25f, 0, 0.1f, 0, 0.9f}, targets.values(), 1e-7f);
        Random r = new Random(1);
        for (int i = 0; i < 1000; i++) {
            targets.set(0, weighing(1, 1));
            targets.set(1, weighing(3, 1));
            targets.mix(0, 1, r.nextDouble());
            assertEquals(1, targets.weights()[0]);
        }
    }

    /**
     * With plain cross-entropy a class's weight is that of each of its rows, as in PyTorch's CrossEntropyLoss(weight).
     */
    @Test
    void classWeightsWeighTheRowsOfTheirClass() {
        Hyperparameters plain =
                recipe(2).hyperparameters().toBuilder().smoothing(0).build();
        Recipe weighted = new Recipe(plain, CLASSES, 1, new Balance(List.of(9.0, 2.0, 9.0, 0.5), false));
        Recipe unweighted = new Recipe(plain, CLASSES, 1);
        float[] byClass = gradientOfHead(weighted, List.of(features("a", 1, 1, 5), features("b", 3, 1, 6)));
        float[] byRow = gradientOfHead(unweighted, List.of(features("a", 1, 2, 5), features("b", 3, 0.5, 6)));
        float[] neither = gradientOfHead(unweighted, List.of(features("a", 1, 1, 5), features("b", 3, 1, 6)));
        assertNear(byRow, byClass, 1e-6);
        assertTrue(distance(neither, byClass) > 0.05);
    }
}
