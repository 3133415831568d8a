package ai.softlabel.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.JobException;
import ai.softlabel.TestFiles;
import ai.softlabel.calibrate.RecalibrationMethod;
import ai.softlabel.command.calibrate.CalibrateJob;
import ai.softlabel.command.calibrate.CalibrateSettings;
import ai.softlabel.data.LabelSource;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Session;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code calibrate --data}: on labelled pictures that the run has not seen. */
class CalibrateJobTest extends JobFixture {
    private void calibrate(CalibrateSettings settings) throws IOException {
        try (Session session = Session.start("calibrate", "local[2]");
                ConsoleProgress console =
                        new ConsoleProgress(new PrintStream(said, true, StandardCharsets.UTF_8), false)) {
            new CalibrateJob(settings, session, console).run();
        }
    }

    private JsonNode calibration(Path run) throws IOException {
        return JSON.readTree(run.resolve("calibration.json").toFile());
    }

    @Test
    void scoresFreshPicturesAndFitsAllOfItOnThem() throws IOException {
        Path run = dir.resolve("run");
        // Without held-out pictures there is nothing to fit on.
        train(settings(pets, run), "local[2]");
        assertFalse(Files.exists(run.resolve("calibration.json")));
        JobException none = assertThrows(
                JobException.class,
                () -> calibrate(new CalibrateSettings(run.toString(), RecalibrationMethod.TEMPERATURE)));
        assertTrue(none.getMessage().contains("--data"), none.getMessage());

        // All pictures of the sample, in other folders: 112, of which the run has not seen those that it tested on.
        Path fresh = dir.resolve("fresh");
        for (Path picture : TestFiles.list(pets.resolve("images"))) {
            String name = picture.getFileName().toString();
            Path to = fresh.resolve(name.substring(0, name.lastIndexOf('_'))).resolve(name);
            Files.createDirectories(to.getParent());
            Files.copy(picture, to);
        }
        CalibrateSettings.Fresh data = new CalibrateSettings.Fresh(fresh.toString(), LabelSource.LAYOUT, 0.05);
        calibrate(new CalibrateSettings(run.toString(), RecalibrationMethod.TEMPERATURE, null, data));
        JsonNode fitted = calibration(run);
        assertEquals("temperature", fitted.get("method").asText());
        assertEquals(
                112,
                fitted.at("/selection/held_out/count/99").asInt()
                        + fitted.at("/selection/choice/count/99").asInt());
        assertTrue(fitted.at("/sets/scores").size() > 50, fitted.get("sets").toString());
        assertTrue(said.toString(StandardCharsets.UTF_8).contains("fitting on 112 pictures"));
        JsonNode report = report(run);
        assertEquals("temperature", report.at("/recalibrated/chosen").asText());
        assertEquals(5, report.at("/selective/scores").size());

        // The predictions are kept, and the same follows from them.
        calibrate(new CalibrateSettings(
                run.toString(),
                RecalibrationMethod.TEMPERATURE,
                run.resolve("calibrated").toString()));
        assertEquals(fitted, calibration(run));

        // A labels' file in place of the folders.
        Path file = dir.resolve("labels.csv");
        StringBuilder csv = new StringBuilder("path,label\n");
        for (Path picture : TestFiles.list(pets.resolve("images"))) {
            String name = picture.getFileName().toString();
            csv.append(name).append(',').append(name, 0, name.lastIndexOf('_')).append('\n');
        }
        Files.writeString(file, csv);
        CalibrateSettings.Fresh labelled = new CalibrateSettings.Fresh(
                pets.resolve("images").toString(), new LabelSource(file.toString(), null, Map.of(), null, null), 0.05);
        calibrate(new CalibrateSettings(run.toString(), RecalibrationMethod.TEMPERATURE, null, labelled));
        assertEquals(
                fitted.get("temperature").asDouble(),
                calibration(run).get("temperature").asDouble(),
                1e-6);

        // The run's own test part may be given, and is named.
        CalibrateSettings.Fresh own = new CalibrateSettings.Fresh(pets.toString(), LabelSource.LAYOUT, 0.05);
        calibrate(new CalibrateSettings(run.toString(), RecalibrationMethod.TEMPERATURE, null, own));
        assertTrue(said.toString(StandardCharsets.UTF_8).contains("the run's own test pictures"));
        assertThrows(
                JobException.class, () -> new CalibrateSettings(run.toString(), RecalibrationMethod.AUTO, "a", own));
        assertEquals(List.of("predictions.parquet", "rejected.jsonl"), kept(run.resolve("calibrated")));
    }

    private static List<String> kept(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(f -> !f.startsWith("."))
                    .sorted()
                    .toList();
        }
    }
}
