package ai.softlabel.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import ai.softlabel.bigdl.Engine;
import ai.softlabel.files.Directory;
import ai.softlabel.loss.BatchLoss;
import ai.softlabel.loss.OnlineLabelSmoothing;
import ai.softlabel.network.ModelState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a loss learns from epoch to epoch, on its way from replicas to the next epoch and to disk. */
class LossStateTest {
    private static final int CLASSES = 5;
    private static final OnlineLabelSmoothing LOSS = new OnlineLabelSmoothing(0.5);

    /** What one replica gathers in an epoch of its own batches. */
    private static double[] gathered(int replica, float[] learnt) {
        Engine.start();
        SplittableRandom r = new SplittableRandom(replica);
        float[] x = new float[8 * CLASSES];
        float[] y = new float[8];
        BatchLoss loss = new BatchLoss(LOSS, y, x, 8, CLASSES);
        loss.start(learnt);
        for (int step = 0; step < 20; step++) {
            for (int k = 0; k < x.length; k++) {
                x[k] = (float) r.nextDouble(-2, 2);
            }
            for (int k = 0; k < y.length; k++) {
                y[k] = 1 + r.nextInt(CLASSES);
            }
            loss.forward();
            loss.gradient();
        }
        return loss.gathered();
    }

    private static EpochResults results(int replicas, int partitions, float[] learnt) {
        List<EpochTask.Result> out = new ArrayList<>();
        int each = replicas / partitions;
        for (int p = 0; p < partitions; p++) {
            List<double[]> own = new ArrayList<>();
            for (int i = 0; i < each; i++) {
                own.add(gathered(p * each + i, learnt));
            }
            out.add(new EpochTask.Result(
                    List.of(1.0), List.of(), own, List.of(), null, null, null, null, null, false, null, 0, 0));
        }
        return new EpochResults(out);
    }

    @Test
    void noPlacementOfTheReplicasChangesABit() {
        float[] learnt = LOSS.initial(CLASSES);
        float[] next = results(4, 1, learnt).learnt(learnt, LOSS, CLASSES);
        assertFalse(Arrays.equals(learnt, next));
        assertArrayEquals(next, results(4, 2, learnt).learnt(learnt, LOSS, CLASSES));
        assertArrayEquals(next, results(4, 4, learnt).learnt(learnt, LOSS, CLASSES));
        for (int c = 0; c < CLASSES; c++) {
            double sum = 0;
            for (int j = 0; j < CLASSES; j++) {
                sum += next[c * CLASSES + j];
            }
            assertEquals(1, sum, 1e-6);
        }
    }

    @Test
    void anEpochStartsWithNothingGathered() {
        float[] learnt = LOSS.initial(CLASSES);
        BatchLoss loss = new BatchLoss(LOSS, new float[] {1}, new float[] {3, 0, 0, 0, 0}, 1, CLASSES);
        loss.forward();
        assertEquals(1, loss.gathered()[CLASSES * CLASSES]);
        loss.start(learnt);
        assertArrayEquals(new double[LOSS.gathered(CLASSES)], loss.gathered());
    }

    @Test
    void aLossThatLearnsNothingHasNone() {
        float[] none = new float[0];
        EpochTask.Result r = new EpochTask.Result(
                List.of(1.0), List.of(), List.of(), List.of(), null, null, null, null, null, false, null, 0, 0);
        assertSame(none, new EpochResults(List.of(r)).learnt(none, LOSS, CLASSES));
    }

    @Test
    void aCheckpointKeepsItToTheBit(@TempDir Path folder) throws Exception {
        float[] learnt = LOSS.initial(CLASSES);
        float[] next = results(2, 1, learnt).learnt(learnt, LOSS, CLASSES);
        Checkpoints checkpoints = new Checkpoints(
                Directory.of("--out", folder.toString(), new Configuration()),
                new Fingerprint(Map.of("name", "same"), null),
                2);
        ModelState model = new ModelState(new float[] {1, 2}, new float[] {3}, 4);
        checkpoints.write(new Snapshot(model, new float[0][], 1, List.of(0.5), 1, 0, next), 0);
        assertArrayEquals(next, checkpoints.newest().lossState());
        checkpoints.write(new Snapshot(model, new float[0][], 2, List.of(0.5), 1, 0, new float[0]), 0);
        assertEquals(0, checkpoints.newest().lossState().length);
    }
}
