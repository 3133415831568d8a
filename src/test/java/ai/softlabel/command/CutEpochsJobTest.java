package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.data.PictureSizes;
import ai.softlabel.data.Storing;
import ai.softlabel.loss.Losses;
import ai.softlabel.pipeline.Session;
import ai.softlabel.train.StageLimit;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Epochs that are cut into stages end in the bits of those that are not. */
@Tag("spark")
class CutEpochsJobTest extends JobFixture {
    private static final StageLimit EACH_TWO = new StageLimit(Double.POSITIVE_INFINITY, 2);

    private void endsInTheSameBits(TrainSettings whole, String name, Session session) throws IOException {
        TrainSettings uncut = with(whole, "out", dir.resolve(name).toString());
        TrainSettings cut =
                with(with(whole, "out", dir.resolve(name + "-cut").toString()), "checkpointEvery", EACH_TWO);
        JsonNode one = train(uncut, session);
        assertEquals(comparable(one), comparable(train(cut, session)), name);
        assertArrayEquals(weights(dir.resolve(name)), weights(dir.resolve(name + "-cut")), name);
    }

    @Test
    void aCutChangesNoBit() throws IOException {
        TrainSettings plain = settings(pets, dir);
        Storing blocks = new Storing(Storing.Form.ENCODED, 1);
        try (Session session = Session.start("train", "local[2]")) {
            // Online label smoothing gathers over an epoch; 96 pixels lie in blocks, which are decoded ahead.
            endsInTheSameBits(with(plain, "loss", Losses.of("online-label-smoothing")), "gathers", session);
            endsInTheSameBits(
                    with(with(with(plain, "testSizes", PictureSizes.of(96)), "imageSize", 96), "storing", blocks),
                    "blocks",
                    session);
        }
    }

    @Tag("long")
    @Test
    void aCutChangesNoBitOfFrozenEpochsOrOverExecutors() throws IOException {
        TrainSettings plain = settings(pets, dir);
        try (Session session = Session.start("train", "local[2]")) {
            endsInTheSameBits(with(with(plain, "frozenEpochs", 1), "headPasses", 3), "frozen", session);
            endsInTheSameBits(with(with(plain, "batchSize", 32), "accumulate", 2), "accumulates", session);
        }
        try (Session session = Session.start("train", "local-cluster[2,1,2048]")) {
            endsInTheSameBits(with(plain, "average", 0.9), "spread", session);
        }
    }

    private List<String> program(String... options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(a -> a.startsWith("--add-")
                        || a.startsWith("--enable-native")
                        || a.startsWith("-Dio.netty")
                        || a.startsWith("-Djdk.reflect"))
                .forEach(command::add);
        command.addAll(List.of(
                "-Xmx2g",
                "-Dspark.ui.enabled=false",
                "-Dspark.driver.host=127.0.0.1",
                "-cp",
                System.getProperty("java.class.path"),
                "ai.softlabel.cli.Main",
                "train",
                "--master",
                "local[2]"));
        command.addAll(
                List.of("--data", pets.toString(), "--image-size", "64", "--batch-size", "16", "--replicas", "2"));
        command.addAll(List.of(options));
        return command;
    }

    @Test
    void sigtermEndsTheStageWithACheckpointThatIsContinued() throws Exception {
        Path out = dir.resolve("stopped");
        // One epoch of the head alone, which no machine finishes before the signal comes.
        String[] options = {
            "--out",
            out.toString(),
            "--epochs",
            "1",
            "--frozen-epochs",
            "1",
            "--head-passes",
            "2000000",
            "--checkpoint-every",
            "0.05"
        };
        Process p =
                new ProcessBuilder(program(options)).redirectErrorStream(true).start();
        Path checkpoints = out.resolve("checkpoints");
        for (int i = 0; i < 1200 && p.isAlive() && steps(checkpoints).isEmpty(); i++) {
            Thread.sleep(100);
        }
        List<Integer> before = steps(checkpoints);
        // A process that is destroyed itself has its output closed.
        p.toHandle().destroy();
        String output;
        try (InputStream said = p.getInputStream()) {
            output = new String(said.readAllBytes(), StandardCharsets.UTF_8);
        }
        assertTrue(p.waitFor(60, TimeUnit.SECONDS), output);
        assertFalse(before.isEmpty(), output);
        assertEquals(4, p.exitValue(), output);
        List<Integer> after = steps(checkpoints);
        assertEquals(1, after.size(), after.toString());
        assertTrue(
                output.contains("found SIGTERM: a checkpoint was written after step " + after.get(0) + " of epoch 1"),
                output);
        assertTrue(after.get(0) >= before.get(0), before + " " + after);

        Process again = new ProcessBuilder(program(
                        Stream.concat(Stream.of(options), Stream.of("--resume")).toArray(String[]::new)))
                .redirectErrorStream(true)
                .start();
        for (int i = 0;
                i < 1200 && again.isAlive() && !steps(checkpoints).stream().anyMatch(s -> s > after.get(0));
                i++) {
            Thread.sleep(100);
        }
        again.toHandle().destroy();
        try (InputStream said = again.getInputStream()) {
            output = new String(said.readAllBytes(), StandardCharsets.UTF_8);
        }
        assertTrue(output.contains("resuming after step " + after.get(0) + " of epoch 1"), output);
        assertEquals(4, again.waitFor(), output);
        assertTrue(steps(checkpoints).get(0) > after.get(0), steps(checkpoints).toString());
    }

    /** The steps of the checkpoints within epochs. */
    private static List<Integer> steps(Path checkpoints) throws IOException {
        if (!Files.isDirectory(checkpoints)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(checkpoints)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(f -> f.matches("epoch-\\d+-step-\\d+\\.json"))
                    .map(f -> Integer.parseInt(f.replaceAll(".*step-|\\.json", "")))
                    .toList();
        }
    }
}
