package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.TestSpark;
import ai.softlabel.command.train.TrainJob;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.data.SampleFiles;
import ai.softlabel.network.Safetensors;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Session;
import ai.softlabel.pipeline.TrainingSetup;
import ai.softlabel.train.Hyperparameters;
import ai.softlabel.train.Optimization;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A real Spark, and a part of the built-in sample at a small size, for tests of the commands. */
abstract class JobFixture {
    static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path pets;

    @TempDir
    Path dir;

    final ByteArrayOutputStream said = new ByteArrayOutputStream();

    @BeforeAll
    static void sampleForExecutorsThatSeeTheTestsClasses() throws IOException {
        SampleFiles.pets(pets, 4, 20, 8);
        TestSpark.set();
    }

    @AfterAll
    static void clear() {
        TestSpark.clear();
    }

    static TrainSettings settings(Path data, Path out) {
        Optimization optimization = Optimization.builder().headFactor(2).build();
        Hyperparameters hyperparameters = Hyperparameters.builder()
                .imageSize(32)
                .batchSize(16)
                .epochs(2)
                .optimization(optimization)
                .build();
        TrainingSetup setup = TrainingSetup.builder()
                .data(data.toString())
                .replicas(2)
                .hyperparameters(hyperparameters)
                .stepTimeout(120)
                .build();
        return TrainSettings.builder(setup, out.toString()).build();
    }

    /** The settings with one component changed, of theirs or of a record within them. */
    static TrainSettings with(TrainSettings s, String name, Object value) {
        return (TrainSettings) Records.within(s, name, value);
    }

    JsonNode train(TrainSettings settings, String master) throws IOException {
        try (Session session = Session.start("train", master)) {
            return train(settings, session);
        }
    }

    JsonNode train(TrainSettings settings, Session session) throws IOException {
        try (ConsoleProgress console =
                new ConsoleProgress(new PrintStream(said, true, StandardCharsets.UTF_8), false)) {
            new TrainJob(settings, session, console).run();
        }
        JsonNode report = report(Path.of(settings.out()));
        phasesAddUp(report.get("seconds"));
        return report;
    }

    /** Those of any training, each of which took some time, and the whole. */
    static void phasesAddUp(JsonNode seconds) {
        double sum = 0;
        for (Map.Entry<String, JsonNode> e : seconds.properties()) {
            sum += e.getKey().equals("whole") ? 0 : e.getValue().asDouble();
        }
        double whole = seconds.get("whole").asDouble();
        assertEquals(whole, sum, 1e-9 * whole, seconds.toString());
        for (String phase : List.of("files", "other")) {
            assertTrue(seconds.path(phase).asDouble() > 0, phase + " in " + seconds);
        }
    }

    static JsonNode report(Path run) throws IOException {
        return ReportSchema.checked(JSON.readTree(run.resolve("report.json").toFile()));
    }

    /** What two runs of the same recipe must share: times, rates, memory, hosts and paths excepted. */
    static ObjectNode comparable(JsonNode report) {
        ObjectNode n = report.deepCopy();
        n.remove(List.of("spark", "steps", "memory", "seconds"));
        ((ObjectNode) n.get("data")).remove("path");
        ((ObjectNode) n.get("training")).remove(List.of("seconds", "images_per_second"));
        n.get("partitions").forEach(p -> ((ObjectNode) p).remove("host"));
        return n;
    }

    static float[] weights(Path run) throws IOException {
        Safetensors file = Safetensors.read("run", Files.readAllBytes(run.resolve("model.safetensors")));
        float[] out = new float[2_400_000];
        file.floats("layer4.1.conv2.weight", out, 0);
        file.floats("fc.weight", out, 2_390_000);
        return out;
    }
}
