package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.command.evaluate.EvaluateJob;
import ai.softlabel.command.evaluate.EvaluateSettings;
import ai.softlabel.command.export.ExportJob;
import ai.softlabel.command.export.ExportSettings;
import ai.softlabel.network.Architectures;
import ai.softlabel.network.Model;
import ai.softlabel.network.Safetensors;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Session;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every known network is trained, read again, scored and exported on a real Spark, at a small size. */
class ArchitecturesJobTest extends JobFixture {
    private static final String QUICK = "mobilenet_v2";

    static List<String> others() {
        return Architectures.names().stream().filter(n -> !n.equals(QUICK)).toList();
    }

    @Test
    void theLightestGoesFromEndToEnd() throws IOException {
        goesFromEndToEnd(QUICK);
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("others")
    void everyOtherDoesToo(String name) throws IOException {
        goesFromEndToEnd(name);
    }

    private void goesFromEndToEnd(String name) throws IOException {
        Path run = dir.resolve("run");
        JsonNode report = train(with(with(settings(pets, run), "architecture", name), "rate", 0.01), "local[2]");
        assertEquals(0, report.get("status").asInt());
        List<String> epochs = Files.readAllLines(run.resolve("epochs.jsonl"));
        assertTrue(
                report.at("/training/final_loss").asDouble()
                        < JSON.readTree(epochs.get(0)).get("loss").asDouble(),
                epochs.toString());
        assertEquals(
                name,
                JSON.readTree(run.resolve("model.json").toFile())
                        .get("architecture")
                        .asText());

        Path out = dir.resolve("scored");
        try (Session session = Session.start("evaluate", "local[1]");
                ConsoleProgress console =
                        new ConsoleProgress(new PrintStream(said, true, StandardCharsets.UTF_8), false)) {
            new EvaluateJob(
                            new EvaluateSettings(run.toString(), pets.toString(), out.toString(), 0.05, false),
                            session,
                            console)
                    .run();
            Path file = dir.resolve("model.safetensors");
            new ExportJob(new ExportSettings(run.toString(), "safetensors", file.toString()), console).run();
            Safetensors exported = Safetensors.read("exported", Files.readAllBytes(file));
            assertEquals(name, exported.metadata().get("architecture"));
            Model.of(name, 4).parameters().forEach(p -> assertTrue(exported.has(p.name()), p.name()));
        }
        assertEquals(report.get("test"), report(out).get("test"));
    }
}
