package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.JobException;
import ai.softlabel.command.evaluate.EvaluateJob;
import ai.softlabel.command.evaluate.EvaluateSettings;
import ai.softlabel.command.findlr.FindLrJob;
import ai.softlabel.command.findlr.FindLrSettings;
import ai.softlabel.command.train.EpochChoice;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.data.HeldOut;
import ai.softlabel.data.PictureSizes;
import ai.softlabel.network.Safetensors;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Session;
import ai.softlabel.train.RateSearch;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The training methods beside the default recipe, through the whole job. */
@Tag("spark")
class MethodsTest extends JobFixture {
    @TempDir
    static Path common;

    @Test
    void frozenEpochsLeaveTheBodyAlone() throws IOException {
        Path run = dir.resolve("frozen");
        TrainSettings frozen = with(with(settings(pets, run), "frozenEpochs", 1), "epochs", 1);
        JsonNode report = train(frozen, "local[2]");
        assertEquals(1, report.at("/training/head_passes").asInt());
        Path begun = dir.resolve("begun");
        train(with(frozen, "out", begun.toString()), "local[2]");
        Safetensors a = Safetensors.read("a", Files.readAllBytes(run.resolve("model.safetensors")));
        float[] body = new float[100_000];
        float[] mean = new float[64];
        a.floats("layer1.0.conv1.weight", body, 0);
        a.floats("bn1.running_mean", mean, 0);
        var fresh = ai.softlabel.network.Initialization.fresh(ai.softlabel.network.Model.of("resnet18", 4), 1);
        var parameter = ai.softlabel.network.Model.of("resnet18", 4).parameters().stream()
                .filter(p -> p.name().equals("layer1.0.conv1.weight"))
                .findFirst()
                .orElseThrow();
        for (int i = 0; i < parameter.size(); i++) {
            assertEquals(fresh.weights()[parameter.offset() + i], body[i]);
        }
        assertArrayEquals(new float[64], mean);
        float[] head = new float[2048];
        a.floats("fc.weight", head, 0);
        int at = ai.softlabel.network.Model.of("resnet18", 4).headOffset();
        assertFalse(java.util.Arrays.equals(java.util.Arrays.copyOfRange(fresh.weights(), at, at + 2048), head));
    }

    @ParameterizedTest
    @CsvSource({
        "optimizer,lars",
        "accumulate,2",
        "mixup,0.4",
        "cutmix,1.0",
        "schedule,cosine",
        "stageFactor,0.5",
        "storeSize,96"
    })
    void everyMethodIsOnlyARecipe(String name, String value) throws IOException {
        isOnlyARecipe(name, value);
    }

    @Tag("long")
    @ParameterizedTest
    @CsvSource({
        "optimizer,adamw",
        "clipNorm,0.5",
        "average,0.9",
        "dropout,0.3",
        "schedule,step",
        "earlyFactor,0.1",
        "headDecay,0.5"
    })
    void everyOtherMethodIsOnlyARecipe(String name, String value) throws IOException {
        isOnlyARecipe(name, value);
    }

    /** The method trains, and it does something: the default's weights are others. */
    private void isOnlyARecipe(String name, String value) throws IOException {
        TrainSettings plain = with(settings(pets, common.resolve("plain")), "epochs", 1);
        Object typed = name.equals("optimizer") || name.equals("schedule")
                ? value
                : List.of("accumulate", "storeSize").contains(name)
                        ? (Object) Integer.valueOf(value)
                        : Double.valueOf(value);
        TrainSettings method = with(plain, name, typed);
        if (!Files.exists(common.resolve("plain"))) {
            train(plain, "local[2]");
        }
        JsonNode one = train(with(method, "out", dir.resolve("one").toString()), "local[2]");
        assertFalse(java.util.Arrays.equals(weights(common.resolve("plain")), weights(dir.resolve("one"))));
        assertTrue(Double.isFinite(one.at("/training/final_loss").asDouble()));
    }

    @Test
    void frozenEpochsOnCachedFeaturesCostNextToNothing() throws IOException {
        TrainSettings frozen =
                with(with(with(settings(pets, dir.resolve("run")), "epochs", 5), "frozenEpochs", 4), "views", 2);
        assertEquals(4, train(frozen, "local[2]").at("/training/head_passes").asInt());
        List<String> lines = Files.readAllLines(dir.resolve("run/epochs.jsonl"));
        double first = JSON.readTree(lines.get(0)).get("loss").asDouble();
        double fourth = JSON.readTree(lines.get(3)).get("loss").asDouble();
        assertTrue(fourth < first, first + " to " + fourth);
        assertTrue(JSON.readTree(lines.get(3)).get("head_only").asBoolean()
                && !JSON.readTree(lines.get(4)).get("head_only").asBoolean());
        // Resuming in the middle of the frozen phase computes the features again, and ends in the same weights.
        Files.delete(dir.resolve("run/checkpoints/epoch-0005.json"));
        float[] end = weights(dir.resolve("run"));
        train(with(frozen, "resume", true), "local[2]");
        assertArrayEquals(end, weights(dir.resolve("run")));
    }

    @Test
    void passesOfTheHeadAreNoEpochsOfTheBody() throws IOException {
        TrainSettings passes = with(
                with(with(with(settings(pets, dir.resolve("run")), "epochs", 2), "frozenEpochs", 1), "headPasses", 6),
                "frozenRate",
                0.05);
        TrainSettings larger = with(with(with(passes, "views", 3), "testSizes", PictureSizes.of(96)), "testFlip", true);
        JsonNode report = train(larger, "local[2]");
        int steps = 80 / 16;
        assertEquals(6, report.at("/training/head_passes").asInt());
        assertEquals(2, report.at("/training/epochs").asInt());
        assertEquals(6 * steps + steps, report.at("/training/steps").asInt());
        List<String> lines = Files.readAllLines(dir.resolve("run/epochs.jsonl"));
        assertEquals(
                JSON.readTree(lines.get(1)).get("loss").asDouble(),
                report.at("/training/final_loss").asDouble(),
                1e-12);
        assertEquals(96, report.at("/model/test_size").asInt());
        assertEquals(
                96,
                JSON.readTree(dir.resolve("run/model.json").toFile())
                        .get("image_size")
                        .asInt());
    }

    /** Trains for an epoch, and gives the settings of a run that starts with those weights. */
    private TrainSettings continued(Path first, Path out) throws IOException {
        train(with(settings(pets, first), "epochs", 1), "local[2]");
        return with(
                settings(pets, out),
                "weights",
                first.resolve("model.safetensors").toString());
    }

    /** The pretrained weights are read again, not taken from the checkpoint. */
    @Test
    void aResumedRunDecaysTowardsTheSameWeights() throws IOException {
        Path first = dir.resolve("first");
        TrainSettings plain = with(continued(first, dir.resolve("plain")), "weightDecay", 0.5);
        train(plain, "local[2]");
        TrainSettings towards =
                with(with(plain, "l2sp", true), "out", dir.resolve("run").toString());
        JsonNode report = train(towards, "local[2]");
        assertEquals("true", report.at("/training/methods/l2-sp").asText());
        float[] end = weights(dir.resolve("run"));
        Files.delete(dir.resolve("run/checkpoints/epoch-0002.json"));
        train(with(towards, "resume", true), "local[2]");
        assertArrayEquals(end, weights(dir.resolve("run")));
        float[] begin = weights(first);
        assertTrue(distance(begin, end) < distance(begin, weights(dir.resolve("plain"))));
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.pow(a[i] - (double) b[i], 2);
        }
        return Math.sqrt(sum);
    }

    /** What is saved has BatchNorms again, and says what the folded model said that was scored. */
    @Test
    void aFrozenNormIsFoldedWhileTrainingAndSavedUnfolded() throws IOException {
        Path first = dir.resolve("first");
        TrainSettings s = with(continued(first, dir.resolve("run")), "frozenNorm", true);
        JsonNode report = train(with(s, "testFlip", true), "local[2]");
        assertFalse(java.util.Arrays.equals(weights(first), weights(dir.resolve("run"))));
        try (Session session = Session.start("evaluate", "local[2]");
                ConsoleProgress console =
                        new ConsoleProgress(new PrintStream(said, true, StandardCharsets.UTF_8), false)) {
            new EvaluateJob(
                            new EvaluateSettings(
                                    dir.resolve("run").toString(),
                                    pets.toString(),
                                    dir.resolve("scored").toString(),
                                    0.05,
                                    false),
                            session,
                            console)
                    .run();
        }
        JsonNode again = report(dir.resolve("scored"));
        assertEquals(report.at("/test/nll").asDouble(), again.at("/test/nll").asDouble(), 1e-5);
        assertEquals(report.at("/test/error"), again.at("/test/error"));
    }

    /** Without BatchNorm in the way, two halves of a batch accumulated are the batch. */
    @Test
    void accumulatedHalvesAreTheWholeBatch() throws IOException {
        TrainSettings whole =
                with(with(with(settings(pets, dir.resolve("whole")), "replicas", 1), "epochs", 2), "frozenEpochs", 2);
        train(whole, "local[1]");
        train(with(with(whole, "accumulate", 2), "out", dir.resolve("halves").toString()), "local[1]");
        float[] a = weights(dir.resolve("whole"));
        float[] b = weights(dir.resolve("halves"));
        for (int i = 0; i < a.length; i++) {
            assertEquals(a[i], b[i], 1e-6);
        }
    }

    @Test
    void patienceKeepsTheBestWeights() throws IOException {
        // A rate that ruins what an epoch at a low rate learnt: the first epoch stays the best.
        TrainSettings s = with(
                with(
                        with(
                                with(settings(pets, dir.resolve("run")), "validation", new HeldOut(0.2, false)),
                                "patience",
                                2),
                        "epochs",
                        8),
                "rate",
                0.2);
        JsonNode report = train(s, "local[2]");
        List<String> lines = Files.readAllLines(dir.resolve("run/epochs.jsonl"));
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < lines.size(); i++) {
            double nll = JSON.readTree(lines.get(i)).at("/validation/nll").asDouble(Double.POSITIVE_INFINITY);
            if (nll < least) {
                least = nll;
                best = i;
            }
        }
        assertTrue(lines.size() <= 8 && lines.size() - 1 - best <= 2, lines.toString());
        assertEquals(
                JSON.readTree(lines.get(best)).at("/test/nll").asDouble(),
                report.at("/test/nll").asDouble(),
                lines.toString());
        assertEquals(lines.size(), report.at("/training/epochs").asInt());
        // Also of a run that stopped early, the final loss is the mean over its last epoch.
        JsonNode last = JSON.readTree(lines.get(lines.size() - 1));
        assertEquals(
                last.get("loss").asDouble(), report.at("/training/final_loss").asDouble(), 1e-12);
        JobException e = assertThrows(
                JobException.class,
                () -> train(
                        with(
                                with(s, "validation", new HeldOut(0.0, false)),
                                "out",
                                dir.resolve("no").toString()),
                        "local[2]"));
        assertTrue(e.getMessage().contains("--validation"), e.getMessage());
    }

    /** Heads only, at a rate that makes them sure soon. */
    private TrainSettings heads(String name, int epochs) {
        TrainSettings s = with(with(settings(pets, dir.resolve(name)), "epochs", epochs), "frozenEpochs", epochs);
        return with(with(with(s, "frozenRate", 0.5), "headPasses", 3), "validation", new HeldOut(0.25, false));
    }

    @Tag("long")
    @Test
    void theEpochOfTheLeastNllAfterATemperatureIsKept() throws IOException {
        TrainSettings s = with(heads("run", 4), "keepBest", EpochChoice.NLL_AFTER_TEMPERATURE);
        JsonNode report = train(s, "local[2]");
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        List<String> lines = Files.readAllLines(dir.resolve("run/epochs.jsonl"));
        assertEquals(4, lines.size());
        for (int i = 0; i < lines.size(); i++) {
            JsonNode validation = JSON.readTree(lines.get(i)).get("validation");
            double after = validation.get("nll_after_temperature").asDouble();
            assertTrue(
                    after <= validation.get("nll").asDouble() + 1e-9
                            && validation.get("temperature").asDouble() > 0,
                    validation.toString());
            if (after < least) {
                least = after;
                best = i;
            }
        }
        assertEquals(best + 1, report.at("/training/kept_epoch").asInt());
        assertEquals("nll-after-temperature", report.at("/training/kept_by").asText());
        assertEquals(
                JSON.readTree(lines.get(best)).at("/test/nll").asDouble(),
                report.at("/test/nll").asDouble());
        // What the run recalibrates with, chosen as temperature scaling, is the same fit on the same pictures.
        assertEquals(
                JSON.readTree(lines.get(best)).at("/validation/temperature").asDouble(),
                report.at("/recalibrated/methods/temperature/parameter").asDouble(),
                1e-8);
        assertTrue(Files.readString(dir.resolve("run/report.html")).contains("after the best temperature"));

        // As after a stop in the last epoch: the choice goes on from the lines.
        Files.delete(dir.resolve("run/report.json"));
        Files.delete(dir.resolve("run/checkpoints/epoch-0004.json"));
        assertEquals(comparable(report), comparable(train(with(s, "resume", true), "local[2]")));

        // A run that did not measure it from the beginning can't choose by it.
        TrainSettings plain = heads("plain", 1);
        assertEquals(1, train(plain, "local[2]").at("/training/kept_epoch").asInt());
        JobException e = assertThrows(
                JobException.class,
                () -> train(
                        with(with(plain, "keepBest", EpochChoice.NLL_AFTER_TEMPERATURE), "resume", true), "local[2]"));
        assertTrue(e.getMessage().contains("epoch 1 without that figure"), e.getMessage());
    }

    @Test
    void aSweepFindsARateAndDrawsItsCurve() throws IOException {
        FindLrSettings search = new FindLrSettings(
                settings(pets, dir.resolve("lr")).setup(), dir.resolve("lr").toString(), 1e-6, 10, 60);
        RateSearch found;
        try (Session session = Session.start("find-lr", "local[2]");
                ConsoleProgress console =
                        new ConsoleProgress(new PrintStream(said, true, StandardCharsets.UTF_8), false)) {
            found = new FindLrJob(search, session, console).run();
        }
        assertTrue(found.losses().size() < 60, "it stops when the loss explodes: " + found.losses());
        assertTrue(
                found.valley() > 1e-6 && found.valley() < 1 && found.steepest() > 1e-6 && found.steepest() < 10,
                found.toString());
        List<String> csv = Files.readAllLines(dir.resolve("lr/lr.csv"));
        assertEquals("lr,loss,smoothed", csv.get(0));
        assertEquals(found.losses().size() + 1, csv.size());
        String svg = Files.readString(dir.resolve("lr/lr.svg"));
        assertTrue(svg.startsWith("<svg") && svg.contains("polyline") && !svg.contains("NaN"), svg);
        assertTrue(said.toString(StandardCharsets.UTF_8).contains("suggested --lr:"));
    }
}
