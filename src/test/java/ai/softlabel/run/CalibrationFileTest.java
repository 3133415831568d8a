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

class CalibrationFileTest {
    private static final float[] LOGITS = {1.25f, -0.5f, 3};

    @TempDir
    Path dir;

    @Test
    void everyCalibratorComesBackAsItWas() throws IOException {
        Directory run = Directory.of("model", dir.toString(), new Configuration());
        assertEquals("none", CalibrationFile.read(run).method());
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
            Calibrator back = CalibrationFile.read(run);
            assertEquals(calibrator.method(), back.method());
            assertArrayEquals(calibrator.apply(LOGITS), back.apply(LOGITS), calibrator.method());
        }
    }

    @Test
    void anUnknownMethodIsOneLine() throws IOException {
        Files.writeString(dir.resolve("calibration.json"), "{\"method\":\"magic\"}");
        Directory run = Directory.of("model", dir.toString(), new Configuration());
        JobException e = assertThrows(JobException.class, () -> CalibrationFile.read(run));
        assertEquals(ExitStatus.INPUT, e.status());
        assertTrue(e.getMessage().contains("magic") && e.getMessage().lines().count() == 1, e.getMessage());
    }
}
