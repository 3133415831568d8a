package ai.softlabel.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.calibrate.Calibration;
import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.calibrate.ConformalScores;
import ai.softlabel.calibrate.PredictionSets;
import ai.softlabel.calibrate.Selection;
import ai.softlabel.calibrate.SetScore;
import ai.softlabel.files.Directory;
import ai.softlabel.metrics.Score;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CalibrationFileTest {
    private static final float[] LOGITS = {1.25f, -0.5f, 3};

    @TempDir
    Path dir;

    @Test
    void everyCalibratorComesBackAsItWas() throws IOException {
        Directory run = Directory.of("model", dir.toString(), new Configuration());
        assertEquals("none", CalibrationFile.read(run, 3).method());
        for (Calibrator calibrator : List.of(
                new Calibrator.None(),
                new Calibrator.Temperature(0.1 + 0.2),
                new Calibrator.Vector(new double[] {1, 1.0 / 3, 2}, new double[] {0, -1e-7, 0.5}),
                new Calibrator.MixedTemperature(1.0 / 3, 12),
                new Calibrator.StructuredVector(
                        new Calibrator.MixedTemperature(1.1, 12),
                        new double[] {1, 1.0 / 3, 2},
                        new double[] {0, -1e-7, 0.5}),
                new Calibrator.StructuredMatrix(
                        new Calibrator.MixedTemperature(1.1, 12),
                        new double[][] {{1, 0.1, 0}, {1.0 / 3, 1, 0.2}, {0, -0.1, 0.9}},
                        new double[] {0, -1e-7, 0.5}),
                new Calibrator.Platt(new double[] {0.9, 1.0 / 7, 2}, new double[] {-1, 1e-7, 0.5}),
                new Calibrator.Isotonic(
                        new double[][] {{-3, -1.5}, {-4}, {-1, 0, 2.0 / 3}},
                        new double[][] {{0, 0.25}, {0.125}, {0.1, 0.1, 0.9}},
                        17),
                new Calibrator.Beta(
                        new double[] {1, 0, 1.0 / 3}, new double[] {1, 2, 0}, new double[] {0, -1e-7, 3}))) {
            CalibrationFile.write(calibrator, run);
            Calibrator back = CalibrationFile.read(run, 3);
            assertEquals(calibrator.method(), back.method());
            assertArrayEquals(calibrator.apply(LOGITS), back.apply(LOGITS), calibrator.method());
        }
    }

    private static Calibration whole() {
        Map<Score, Double> aurc = new LinkedHashMap<>();
        aurc.put(Score.MAX_PROBABILITY, 0.1);
        aurc.put(new Score("margin", 0), 1.0 / 3);
        aurc.put(new Score("entropy", 0), 0.2);
        aurc.put(new Score("energy", 0), 0.3);
        aurc.put(new Score("p-norm", 4), 0.05);
        Selection selection = new Selection(
                new Score("p-norm", 4),
                aurc,
                new double[] {0.1 + 0.7, 1.0 / 3, Double.NEGATIVE_INFINITY},
                new Selection.Answered[] {answered(5, 0), answered(9, 1), answered(20, 4)},
                new Selection.Answered[] {answered(7, 0), answered(12, 2), answered(30, 8)});
        PredictionSets sets = new PredictionSets(
                new SetScore("raps", 0.1, 2),
                List.of(new Calibrator.Temperature(1.1), new Calibrator.Temperature(1.3)),
                new ConformalScores(new double[] {0.1 + 0.2, 0.7, 1.0 / 3}, new int[] {1, 0, 1}, new int[] {2, 0, 1}));
        return new Calibration(new Calibrator.Temperature(1.2), selection, sets);
    }

    private static Selection.Answered answered(long count, long wrong) {
        return new Selection.Answered(count, wrong);
    }

    @Test
    void thresholdsAndSetsComeBackAsTheyWere() throws IOException {
        Directory run = Directory.of("model", dir.toString(), new Configuration());
        CalibrationFile.write(whole(), run);
        Calibration back = CalibrationFile.readAll(run, 3);
        Selection s = whole().selection();
        assertEquals(s.score(), back.selection().score());
        assertEquals(s.aurc(), back.selection().aurc());
        assertArrayEquals(s.thresholds(), back.selection().thresholds());
        assertArrayEquals(s.choice(), back.selection().choice());
        assertArrayEquals(s.held(), back.selection().held());
        assertEquals(whole().sets().score(), back.sets().score());
        assertEquals(whole().sets().maps(), back.sets().maps());
        assertArrayEquals(whole().sets().held().scores(), back.sets().held().scores());
        assertArrayEquals(whole().sets().held().folds(), back.sets().held().folds());
        assertArrayEquals(whole().sets().held().labels(), back.sets().held().labels());
        CalibrationFile.write(new Calibrator.None(), run);
        assertNull(CalibrationFile.readAll(run, 3).selection());
    }

    @ParameterizedTest
    @CsvSource({
        "\"p-norm\",\"magic\"",
        "\"raps\",\"magic\"",
        "\"power\" : 4,\"power\" : -1",
        "\"free\" : 2,\"free\" : 2.5",
        "\"wrong\",\"right\"",
        "\"folds\",\"fold\"",
        "\"maps\",\"map\"",
    })
    void damagedThresholdsAndSetsAreOneLine(String from, String to) throws IOException {
        Directory run = Directory.of("model", dir.toString(), new Configuration());
        CalibrationFile.write(whole(), run);
        Path file = dir.resolve("calibration.json");
        String text = Files.readString(file);
        assertTrue(text.contains(from), text);
        Files.writeString(file, text.replace(from, to));
        JobException e = assertThrows(JobException.class, () -> CalibrationFile.readAll(run, 3));
        assertEquals(ExitStatus.INPUT, e.status());
        assertTrue(
                e.getMessage().contains("calibration.json")
                        && e.getMessage().lines().count() == 1,
                e.getMessage());
    }

    @Test
    void anUnknownMethodIsOneLine() throws IOException {
        Files.writeString(dir.resolve("calibration.json"), "{\"method\":\"magic\"}");
        Directory run = Directory.of("model", dir.toString(), new Configuration());
        JobException e = assertThrows(JobException.class, () -> CalibrationFile.read(run, 3));
        assertEquals(ExitStatus.INPUT, e.status());
        assertTrue(e.getMessage().contains("magic") && e.getMessage().lines().count() == 1, e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"method\":\"temperature\"}",
                "{\"method\":\"temperature\",\"temperature\":0}",
                "{\"method\":\"temperature\",\"temperature\":\"1\"}",
                "{\"schema\":2,\"method\":\"none\"}",
                "{\"method\":\"vector\",\"scale\":[1,1],\"shift\":[0,0,0]}",
                "{\"method\":\"vector\",\"scale\":{\"a\":1,\"b\":1,\"c\":1},\"shift\":[0,0,0]}",
                "{\"method\":\"platt\",\"scale\":[1,1,1]}",
                "{\"method\":\"isotonic\",\"count\":5,\"curves\":[{\"at\":[0],\"value\":[1]}]}",
                "{\"method\":\"isotonic\",\"count\":5,\"curves\":[{\"at\":[0,1],\"value\":[1]},{},{}]}",
                "{\"method\":\"temperature-mixed\",\"temperature\":1}",
                "{\"method\":\"beta\",\"a\":[1,1,1],\"b\":[1,-1,1],\"c\":[0,0,0]}",
                "{\"method\":\"beta\",\"a\":[1,1],\"b\":[1,1],\"c\":[0,0]}",
                "{\"method\":\"structured-matrix\",\"temperature\":1,\"count\":5,\"matrix\":[{\"row\":[1]}],\"shift\":[0,0,0]}",
                "[]",
                "{",
                ""
            })
    void aDamagedFileIsOneLine(String text) throws IOException {
        Files.writeString(dir.resolve("calibration.json"), text);
        Directory run = Directory.of("model", dir.toString(), new Configuration());
        JobException e = assertThrows(JobException.class, () -> CalibrationFile.read(run, 3));
        assertEquals(ExitStatus.INPUT, e.status());
        assertTrue(
                e.getMessage().contains("calibration.json")
                        && e.getMessage().lines().count() == 1,
                e.getMessage());
    }
}
