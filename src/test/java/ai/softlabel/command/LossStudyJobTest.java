package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.CheckRun;
import ai.softlabel.JobException;
import ai.softlabel.command.study.StudyJob;
import ai.softlabel.command.study.StudySettings;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.loss.Loss;
import ai.softlabel.loss.Losses;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Session;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code study --loss}. */
class LossStudyJobTest extends JobFixture {
    private static final List<Loss> LOSSES = Stream.of(
                    "label-smoothing:epsilon=0", "max-sup:alpha=0.2", "focal:gamma=3")
            .map(Losses::of)
            .toList();

    private TrainSettings heads(Path out) {
        TrainSettings s = with(with(settings(pets, out), "frozenEpochs", 2), "headPasses", 4);
        return with(with(s, "frozenRate", 0.1), "folds", 3);
    }

    private JsonNode run(StudySettings settings) throws IOException {
        try (Session session = Session.start("study", "local[2]");
                ConsoleProgress console =
                        new ConsoleProgress(new PrintStream(said, true, StandardCharsets.UTF_8), false)) {
            new StudyJob(settings, session, console).run();
        }
        return JSON.readTree(Path.of(settings.train().out(), "study.json").toFile());
    }

    @Tag("long")
    @Test
    void comparesLossesInPairsAndSharesTheFeatures() throws IOException, InterruptedException {
        Path out = dir.resolve("study");
        // Its own pictures stand for those of other classes: the features are the same for each loss of a seed.
        StudySettings settings =
                StudySettings.ofLosses(heads(out), LOSSES, 2, false).trying(pets.toString());
        JsonNode study = run(settings);
        assertEquals(0, study.get("status").asInt());
        assertEquals(3, study.get("losses").size());
        assertEquals(3, study.get("table").size());
        JsonNode plain = study.at("/table/0");
        for (String figure : List.of("error", "nll_recalibrated", "aurc", "aurc_p_norm", "set_size")) {
            assertEquals(0, plain.at("/differences/" + figure + "/value").asDouble());
            assertEquals(0, plain.at("/differences/" + figure + "/interval/0").asDouble());
        }
        JsonNode focal = study.at("/table/2");
        assertEquals("focal:gamma=3.0", focal.get("loss").asText());
        JsonNode one = report(out.resolve("runs/focal-gamma-3.0-seed-1"));
        JsonNode two = report(out.resolve("runs/focal-gamma-3.0-seed-2"));
        assertEquals(
                (one.at("/recalibrated/nll").asDouble()
                                + two.at("/recalibrated/nll").asDouble())
                        / 2,
                focal.get("nll_recalibrated").asDouble(),
                1e-9);
        assertEquals(
                (one.at("/sets/levels/2/size").asDouble()
                                + two.at("/sets/levels/2/size").asDouble())
                        / 2,
                focal.get("set_size").asDouble(),
                1e-12);
        JsonNode difference = focal.at("/differences/nll_recalibrated");
        assertEquals(
                focal.get("nll_recalibrated").asDouble()
                        - plain.get("nll_recalibrated").asDouble(),
                difference.get("value").asDouble(),
                1e-12);
        assertTrue(
                difference.at("/interval/0").asDouble()
                        < difference.at("/interval/1").asDouble(),
                difference.toString());
        assertEquals(
                difference.get("value").asDouble(),
                (difference.at("/by_seed/0").asDouble()
                                + difference.at("/by_seed/1").asDouble())
                        / 2,
                1e-12);
        assertTrue(difference.at("/seeds_interval/0").asDouble()
                <= difference.get("value").asDouble());
        assertEquals(
                (one.at("/recalibrated/validation_nll").asDouble()
                                + two.at("/recalibrated/validation_nll").asDouble())
                        / 2,
                focal.get("held_out_nll").asDouble(),
                1e-12);
        assertNotEquals(plain.get("tightness"), focal.get("tightness"));
        assertEquals(plain.get("transfer"), focal.get("transfer"));
        assertEquals(0, focal.at("/differences/transfer/value").asDouble());
        List<String> tried = Files.readAllLines(out.resolve("transfer.jsonl"));
        long wrong = 0;
        for (String line : tried) {
            JsonNode t = JSON.readTree(line);
            wrong += t.get("label").equals(t.get("predicted")) ? 0 : 1;
        }
        assertEquals((double) wrong / tried.size(), plain.get("transfer").asDouble(), 1e-12);
        assertTrue(Files.readString(out.resolve("study.html")).contains("Error by transfer is"));
        assertEquals(3, study.at("/projection/losses").size());
        assertEquals(24, study.at("/projection/losses/0/points").size(), "8 test pictures of each of three classes");

        // The features of a seed are computed once.
        String log = said.toString(StandardCharsets.UTF_8);
        assertTrue(log.contains("run 6 of 6: focal:gamma=3.0, seed 2"), log);
        assertTrue(log.contains("Recalibrated NLL is ") && log.contains("| `max-sup:alpha=0.2` | "), log);

        String html = Files.readString(out.resolve("study.html"));
        for (String never : List.of("http:", "https:", "NaN", "null", "Infinity")) {
            assertFalse(html.contains(never), never);
        }
        assertTrue(html.contains("Three classes") && html.contains("AURC by the largest probability is"), html);
        assertEquals(4, Files.readAllLines(out.resolve("study.csv")).size());

        // A head that is trained on shared features is the one that is trained alone.
        JsonNode alone = train(with(heads(dir.resolve("alone")), "loss", LOSSES.get(2)), "local[2]");
        ObjectNode expected = comparable(alone);
        assertEquals(expected, comparable(one));

        StudySettings again = StudySettings.ofLosses(heads(out), LOSSES, 2, true);
        assertEquals(study, run(again.trying(pets.toString())));
        CheckRun.agreesAndFindsWhatIsPlanted(out);
    }

    @Test
    void wantsPicturesToRecalibrateOn() {
        JobException e = assertThrows(
                JobException.class, () -> StudySettings.ofLosses(settings(pets, dir.resolve("a")), LOSSES, 1, false));
        assertTrue(e.getMessage().contains("--folds"), e.getMessage());
    }
}
