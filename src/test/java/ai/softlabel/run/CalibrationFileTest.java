package ai.softlabel.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.calibrate.Calibrator;
import ai.softlabel.files.Directory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
                new Calibrator.Platt(new double[] {0.9, 1.0 / 7, 2}, new double[] {-1, 1e-7, 0.5}),
                new Calibrator.Isotonic(
                        new double[][] {{-3, -1.5}, {-4}, {-1, 0, 2.0 / 3}},
                        new double[][] {{0, 0.25}, {0.125}, {0.1, 0.1, 0.9}},
                        17))) {
            CalibrationFile.write(calibrator, run);
            Calibrator back = CalibrationFile.read(run, 3);
            assertEquals(calibrator.method(), back.method());
            assertArrayEquals(calibrator.apply(LOGITS), back.apply(LOGITS), calibrator.method());
        }
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
                "{\"method\":\"platt\",\"scale\":[1,1,1]}",
                "{\"method\":\"isotonic\",\"count\":5,\"curves\":[{\"at\":[0],\"value\":[1]}]}",
                "{\"method\":\"isotonic\",\"count\":5,\"curves\":[{\"at\":[0,1],\"value\":[1]},{},{}]}",
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
