package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.CheckRun;
import ai.softlabel.calibrate.RecalibrationMethod;
import ai.softlabel.command.calibrate.CalibrateJob;
import ai.softlabel.command.calibrate.CalibrateSettings;
import ai.softlabel.command.evaluate.EvaluateJob;
import ai.softlabel.command.evaluate.EvaluateSettings;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.data.PictureSizes;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Session;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("spark")
class CrossFittingTest extends JobFixture {
    @Test
    void headsThatLeftAFoldOutAreWhatARunIsRecalibratedOn() throws IOException, InterruptedException {
        Path run = dir.resolve("run");
        TrainSettings settings = with(
                with(with(with(settings(pets, run), "frozenEpochs", 2), "headPasses", 20), "frozenRate", 0.2),
                "folds",
                4);
        settings = with(with(settings, "testFlip", true), "testSizes", PictureSizes.of(96, 64));
        // Crops are cut from larger pictures; whatever is scored is as evaluate makes it of the files.
        settings = with(settings, "storeSize", 144);
        JsonNode report = train(with(settings, "scoreTraining", true), "local[2]");
        assertEquals(144, report.at("/model/store_size").asInt());
        assertEquals("144", report.at("/training/methods/store-size").asText());
        assertEquals("96,64", report.at("/model/test_size").asText());
        JsonNode held = report.get("cross-fitted");
        assertEquals(80, held.get("count").asInt());
        assertEquals(4, report.at("/training/folds").asInt());
        for (String phase : List.of("steps", "features", "folds", "stages")) {
            assertTrue(report.at("/seconds/" + phase).asDouble() > 0, phase + " in " + report.get("seconds"));
        }
        assertEquals(0, report.at("/data/validation").asInt());
        // What a head has not seen surprises it more than what it has.
        assertTrue(held.get("nll").asDouble() > report.at("/train/nll").asDouble(), held.toString());
        JsonNode section = report.get("recalibrated");
        assertEquals(report.at("/test/nll"), section.at("/methods/none/nll"));
        // "None" stands there as it is: what was fitted on is what was held out.
        assertEquals(
                held.get("nll").asDouble(),
                section.at("/methods/none/validation_nll").asDouble(),
                1e-9);
        try (Session session = Session.start("after", "local[2]");
                ConsoleProgress console =
                        new ConsoleProgress(new PrintStream(said, true, StandardCharsets.UTF_8), false)) {
            assertEquals(
                    section.get("chosen").asText(),
                    new CalibrateJob(new CalibrateSettings(run.toString(), RecalibrationMethod.AUTO), session, console)
                            .run()
                            .chosen());
            // The whole network, picture by picture, says what the head said of the cached features.
            String scored = dir.resolve("scored").toString();
            new EvaluateJob(
                            new EvaluateSettings(run.toString(), pets.toString(), scored, 0.05, false),
                            session,
                            console)
                    .run();
        }
        JsonNode evaluated = JSON.readTree(dir.resolve("scored/report.json").toFile());
        assertEquals(report.at("/test/nll"), evaluated.at("/test/nll"));
        assertEquals(96, evaluated.at("/model/image_size").asInt());

        CheckRun.agreesAndFindsWhatIsPlanted(run, dir.resolve("scored"));
        ObjectNode test = (ObjectNode) evaluated.get("test");
        test.put("ece", test.get("ece").asDouble() + 1e-5);
        JSON.writeValue(dir.resolve("scored/report.json").toFile(), evaluated);
        CheckRun.finds("/test/ece", dir.resolve("scored"));
    }
}
