package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.CheckRun;
import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.browser.Accessibility;
import ai.softlabel.browser.Browser;
import ai.softlabel.command.study.StudyJob;
import ai.softlabel.command.study.StudySettings;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.data.HeldOut;
import ai.softlabel.loss.Smoothing;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Session;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("pages")
class StudyJobTest extends JobFixture {
    private StudySettings study(Path out, boolean resume) {
        TrainSettings train =
                with(with(settings(pets, out), "validation", new HeldOut(0.25, false)), "scoreTraining", true);
        return new StudySettings(with(train, "rate", 0.01), List.of(0.0, 0.1), 2, resume);
    }

    private JsonNode run(StudySettings settings) throws IOException {
        try (Session session = Session.start("study", "local[2]");
                ConsoleProgress console =
                        new ConsoleProgress(new PrintStream(said, true, StandardCharsets.UTF_8), false)) {
            new StudyJob(settings, session, console).run();
        }
        return JSON.readTree(Path.of(settings.train().out(), "study.json").toFile());
    }

    @Test
    @Tag("long")
    void comparesStrengthsAndGoesOnRunByRun() throws IOException, InterruptedException {
        Path out = dir.resolve("study");
        JsonNode study = run(study(out, false));
        assertEquals(0, study.get("status").asInt());
        assertEquals(2, study.get("table").size());
        JsonNode plain = study.get("table").get(0);
        JsonNode smooth = study.get("table").get(1);
        assertEquals(2, smooth.get("runs").asInt());
        assertTrue(plain.at("/margin_optimum/mean").isNull());
        assertEquals(Smoothing.margin(0.1, 4), smooth.at("/margin_optimum/mean").asDouble(), 1e-12);
        assertEquals(5.811, Smoothing.margin(0.1, 37), 5e-4);
        assertTrue(plain.at("/margin_train/mean").isNumber());

        JsonNode one = report(out.resolve("runs/smoothing-0.1-seed-1"));
        JsonNode two = report(out.resolve("runs/smoothing-0.1-seed-2"));
        double mean = (one.at("/test/nll").asDouble() + two.at("/test/nll").asDouble()) / 2;
        double off = one.at("/test/nll").asDouble() - mean;
        assertEquals(mean, smooth.at("/nll/mean").asDouble(), 1e-12);
        assertEquals(Math.sqrt(2 * off * off), smooth.at("/nll/spread").asDouble(), 1e-12);
        assertEquals(60, one.at("/train/count").asInt());
        assertEquals(one.at("/data/fingerprint"), two.at("/data/fingerprint"), "seeds share the data and its split");
        List<String> csv = Files.readAllLines(out.resolve("study.csv"));
        assertEquals(5, csv.size());
        assertTrue(csv.get(4).startsWith("0.1,2,"), csv.toString());

        pagesAreFine(out);

        // As after a stop in the last run's first epoch: the others stay as they are, the last comes out the same.
        Path kept = out.resolve("runs/smoothing-0.1-seed-1/report.json");
        Path lost = out.resolve("runs/smoothing-0.1-seed-2");
        FileTime before = Files.getLastModifiedTime(kept);
        ObjectNode expected = comparable(two);
        Files.delete(lost.resolve("report.json"));
        Files.delete(lost.resolve("checkpoints/epoch-0002.json"));
        JsonNode again = run(study(out, true));
        assertEquals(study, again);
        assertEquals(before, Files.getLastModifiedTime(kept));
        assertEquals(expected, comparable(report(lost)));

        for (StudySettings other : List.of(
                study(out, false),
                new StudySettings(
                        with(study(out, true).train(), "epochs", 3),
                        study(out, true).smoothing(),
                        2,
                        true))) {
            JobException e = assertThrows(JobException.class, () -> run(other));
            assertEquals(ExitStatus.OPTIONS, e.status(), e.getMessage());
        }
        CheckRun.agreesAndFindsWhatIsPlanted(out, out.resolve("runs/smoothing-0.1-seed-2"));
    }

    @Test
    void whatStoppedAStudyStandsInItsFile() throws IOException {
        Path out = dir.resolve("study");
        StudySettings study = study(out, false);
        StudySettings nowhere = new StudySettings(
                with(study.train(), "data", dir.resolve("nowhere").toString()), study.smoothing(), 1, false);
        JobException e = assertThrows(JobException.class, () -> run(nowhere));
        JsonNode written = JSON.readTree(out.resolve("study.json").toFile());
        assertEquals(ExitStatus.INPUT, e.status());
        assertEquals(ExitStatus.INPUT.code(), written.get("status").asInt());
        assertEquals(e.getMessage(), written.get("message").asText());
    }

    private static void pagesAreFine(Path out) throws IOException {
        for (String page : List.of("study.html", "runs/smoothing-0.0-seed-1/report.html")) {
            String html = Files.readString(out.resolve(page));
            String words = html.replaceAll("base64,[^\"]*", "");
            for (String never : List.of("http:", "https:", "NaN", "null", "Infinity")) {
                assertFalse(words.contains(never), never + " in " + words);
            }
        }
        try (Browser browser = Browser.start()) {
            for (String page : List.of("study.html", "runs/smoothing-0.0-seed-1/report.html")) {
                Accessibility.check(browser, out.resolve(page).toUri().toString());
            }
        }
    }
}
