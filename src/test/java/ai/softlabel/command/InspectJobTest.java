package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.TestFiles;
import ai.softlabel.command.inspect.InspectJob;
import ai.softlabel.command.inspect.InspectSettings;
import ai.softlabel.data.HeldOut;
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
                            new InspectSettings(
                                    pets.toString(), out.toString(), null, new HeldOut(0.25, false), 1, most, replace),
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

            String page = Files.readString(out.resolve("inspect.html"));
            assertTrue(page.contains("<td>train</td><td>60</td><td>4 of 4</td><td>15</td><td>15</td>"));
            assertTrue(page.contains("<td>JPEG</td><td>112</td>"));
            // Four examples of each class.
            assertEquals(16, page.split("data:image/jpeg;base64,", -1).length - 1);

            JobException taken = assertThrows(JobException.class, () -> inspect(session, out, 0.05, false));
            assertEquals(ExitStatus.OPTIONS, taken.status());
            assertTrue(taken.getMessage().contains("--replace"), taken.getMessage());
            Path picture = pets.resolve("images")
                    .resolve(TestFiles.list(pets.resolve("images")).get(0));
            Files.writeString(picture, "no picture");
            JobException bad = assertThrows(JobException.class, () -> inspect(session, out, 0, true));
            assertEquals(ExitStatus.INPUT, bad.status());
            // The page shows what is wrong with data that are refused.
            page = Files.readString(out.resolve("inspect.html"));
            String why = "not a picture: the content is neither JPEG, PNG, GIF, BMP nor WebP";
            assertTrue(page.contains("<td>" + why + "</td><td>1</td><td>yes</td><td>images/"));
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
