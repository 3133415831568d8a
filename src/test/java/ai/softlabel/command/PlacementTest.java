package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.TestSpark;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.data.PictureSizes;
import ai.softlabel.pipeline.Session;
import ai.softlabel.train.StageLimit;
import ai.softlabel.train.Wire;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What must not depend on where replicas run: two executors, which live through all tests of this class, end in the
 * bits of one process, for every method that executors share something for.
 */
@Tag("spark")
class PlacementTest extends JobFixture {
    @TempDir
    static Path common;

    private static final Map<String, JsonNode> ONE = new LinkedHashMap<>();
    private static String diverged;
    private static Session executors;

    private static Map<String, TrainSettings> cases() {
        TrainSettings plain = settings(pets, common.resolve("plain"));
        TrainSettings once = with(plain, "epochs", 1);
        Map<String, TrainSettings> cases = new LinkedHashMap<>();
        cases.put("plain", plain);
        // Four replicas, two in each executor's only task.
        cases.put("four", with(once, "replicas", 4));
        // LARS asks the other executors for norms, the average is sharded with the other states.
        cases.put("lars", with(once, "optimizer", "lars"));
        cases.put("adamw", with(once, "optimizer", "adamw"));
        // The epoch in two stages, of which the second begins within it.
        cases.put(
                "average",
                with(with(once, "average", 0.9), "checkpointEvery", new StageLimit(Double.POSITIVE_INFINITY, 2)));
        cases.put("accumulate", with(once, "accumulate", 2));
        // First the head alone, over features that stay where they were computed, then the body as well.
        TrainSettings frozen = with(with(with(plain, "frozenEpochs", 1), "headPasses", 6), "views", 3);
        cases.put(
                "frozen",
                with(with(with(frozen, "frozenRate", 0.05), "testSizes", PictureSizes.of(96)), "testFlip", true));
        cases.replaceAll((name, s) -> with(s, "out", common.resolve(name).toString()));
        return cases;
    }

    static List<String> names() {
        return List.copyOf(cases().keySet());
    }

    @BeforeAll
    static void inOneProcess() throws IOException {
        PlacementTest one = new PlacementTest();
        for (Map.Entry<String, TrainSettings> c : cases().entrySet()) {
            ONE.put(c.getKey(), one.train(c.getValue(), "local[2]"));
        }
        diverged = assertThrows(JobException.class, () -> one.train(diverging(common.resolve("diverging")), "local[2]"))
                .getMessage();
        executors = Session.start("train", "local-cluster[2,1,2048]");
    }

    @AfterAll
    static void stop() {
        executors.close();
    }

    @ParameterizedTest
    @MethodSource("names")
    void twoExecutorsEndInTheBitsOfOneProcess(String name) throws IOException {
        JsonNode report =
                train(with(cases().get(name), "out", dir.resolve("two").toString()), executors);
        assertEquals(2, report.at("/spark/executors").asInt());
        assertArrayEquals(weights(common.resolve(name)), weights(dir.resolve("two")));
        assertEquals(comparable(ONE.get(name)), comparable(report));
    }

    /** Halved, the exchange carries half the bytes and ends near the same weights, the same on every executor. */
    @Test
    void bfloat16HalvesWhatIsSent() throws IOException {
        TrainSettings s = with(settings(pets, dir.resolve("float32")), "epochs", 1);
        train(s, executors);
        TrainSettings halved = with(
                with(s, "exchange", Wire.BFLOAT16),
                "out",
                dir.resolve("bfloat16").toString());
        train(halved, executors);
        long whole = TestSpark.sent(dir.resolve("float32")).get(0);
        // The losses, too, go along with each step's gradients.
        assertEquals(whole / 2.0, TestSpark.sent(dir.resolve("bfloat16")).get(0), 1000);
        float[] a = weights(dir.resolve("float32"));
        float[] b = weights(dir.resolve("bfloat16"));
        double off = 0;
        double moved = 0;
        for (int i = 0; i < a.length; i++) {
            off += (a[i] - b[i]) * (double) (a[i] - b[i]);
            moved += a[i] * (double) a[i];
        }
        assertTrue(off > 0 && Math.sqrt(off / moved) < 0.02, off + " of " + moved);
        // Going on after the first of two epochs: what the executors had in common is what the snapshot holds.
        TrainSettings two =
                with(with(halved, "epochs", 2), "out", dir.resolve("two").toString());
        train(two, executors);
        float[] end = weights(dir.resolve("two"));
        Files.delete(dir.resolve("two/checkpoints/epoch-0002.json"));
        train(with(two, "resume", true), executors);
        assertArrayEquals(end, weights(dir.resolve("two")));
    }

    private static TrainSettings diverging(Path out) {
        return with(with(settings(pets, out), "rate", 1e9), "schedule", "cosine");
    }

    @Test
    void aDivergingRunSaysTheSameOnTwoExecutors() {
        JobException e = assertThrows(JobException.class, () -> train(diverging(dir.resolve("run")), executors));
        assertEquals(ExitStatus.TRAINING, e.status());
        assertTrue(e.getMessage().startsWith("expected a finite loss, found NaN in step "), e.getMessage());
        assertEquals(diverged, e.getMessage());
    }
}
