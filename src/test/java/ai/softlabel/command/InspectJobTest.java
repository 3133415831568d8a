package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.TestFiles;
import ai.softlabel.command.inspect.InspectJob;
import ai.softlabel.command.inspect.InspectSettings;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Session;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class InspectJobTest extends JobFixture {
    private void inspect(Session session, Path out, double most, boolean replace) throws IOException {
        try (ConsoleProgress console =
                new ConsoleProgress(new PrintStream(said, true, StandardCharsets.UTF_8), false)) {
            new InspectJob(
                            new InspectSettings(pets.toString(), out.toString(), null, 0.25, 1, most, replace),
                            session,
                            console)
                    .run();
        }
    }

    @Test
    void countsWhatThereIsAndStopsAtWhatCanNotBeUsed() throws IOException {
        Path out = dir.resolve("inspected");
        try (Session session = Session.start("inspect", "local[2]")) {
            inspect(session, out, 0.05, false);
            JsonNode report = JSON.readTree(out.resolve("report.json").toFile());
            assertEquals(80, report.at("/data/train").asInt());
            assertEquals(20, report.at("/data/validation").asInt());
            assertEquals(4, report.get("classes").size());
            assertEquals(5, report.at("/classes/0/validation").asInt());
            assertEquals(15, report.at("/classes/0/train").asInt());

            JobException taken = assertThrows(JobException.class, () -> inspect(session, out, 0.05, false));
            assertEquals(ExitStatus.OPTIONS, taken.status());
            assertTrue(taken.getMessage().contains("--replace"), taken.getMessage());
            Path picture = pets.resolve("images")
                    .resolve(TestFiles.list(pets.resolve("images")).get(0));
            Files.writeString(picture, "no picture");
            JobException bad = assertThrows(JobException.class, () -> inspect(session, out, 0, true));
            assertEquals(ExitStatus.INPUT, bad.status());
            assertEquals(
                    3,
                    JSON.readTree(out.resolve("report.json").toFile())
                            .get("status")
                            .asInt());
            inspect(session, out, 0.05, true);
            assertEquals(
                    1,
                    JSON.readTree(out.resolve("report.json").toFile())
                            .at("/data/rejected")
                            .asInt());
            // What another command wrote is not written over.
            Files.writeString(out.resolve("report.json"), "{\"command\": \"train\"}");
            assertTrue(assertThrows(JobException.class, () -> inspect(session, out, 0.05, true))
                    .getMessage()
                    .contains("found a train"));
        }
    }
}
