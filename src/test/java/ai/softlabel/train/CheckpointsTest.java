package ai.softlabel.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.files.Directory;
import ai.softlabel.network.ModelState;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
    @TempDir
    Path dir;

    private Checkpoints of(String fingerprint, int keep) {
        return new Checkpoints(
                Directory.of("out", dir.toString(), new Configuration()),
                new Fingerprint(Map.of("name", fingerprint), null),
                keep);
    }

    private static Snapshot snapshot(int epochs) {
        return new Snapshot(
                new ModelState(new float[] {epochs, 2, 3}, new float[] {4}, 10L * epochs),
                new float[][] {{5, 6, 7}, {8, 9, 10}},
                epochs,
                List.of(0.5, 0.25),
                1.5,
                3,
                new float[0]);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void whatWasWrittenIsRead() throws IOException {
        assertNull(of("a", 2).newest());
        of("a", 2).write(snapshot(7), 0);
        Snapshot read = of("a", 2).newest();
        Snapshot written = snapshot(7);
        assertArrayEquals(written.model().weights(), read.model().weights());
        assertArrayEquals(written.model().statistics(), read.model().statistics());
        assertArrayEquals(written.states()[1], read.states()[1]);
        assertEquals(2, read.states().length);
        assertEquals(70, read.model().steps());
        assertEquals(
                List.of(7, List.of(0.5, 0.25), 1.5, 3),
                List.of(read.epochs(), read.losses(), read.seconds(), read.headPasses()));
    }

    @Test
    void theOldestGoAndTheBestStays() throws IOException {
        for (int epoch = 1; epoch <= 5; epoch++) {
            of("a", 2).write(snapshot(epoch), 2);
        }
        assertEquals(
                List.of(
                        "epoch-0002.json",
                        "epoch-0002.safetensors",
                        "epoch-0004.json",
                        "epoch-0004.safetensors",
                        "epoch-0005.json",
                        "epoch-0005.safetensors"),
                files());
        assertEquals(2, of("a", 2).after(2).epochs());
        assertThrows(FileNotFoundException.class, () -> of("a", 2).after(3));
    }

    @Test
    void epochTenThousandComesAfterTheOnesBefore() throws IOException {
        for (int epoch = 9998; epoch <= 10001; epoch++) {
            of("a", 2).write(snapshot(epoch), 0);
            assertEquals(epoch, of("a", 2).newest().epochs());
        }
        assertEquals(
                List.of("epoch-10000.json", "epoch-10000.safetensors", "epoch-10001.json", "epoch-10001.safetensors"),
                files());
    }

    @Test
    void namesDoNotDependOnTheLocale() throws IOException {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG"));
        try {
            // This locale's own digits: what a plain format writes.
            assertEquals("\u0660\u0660\u0660\u0661", String.format("%04d", 1));
            of("a", 2).write(snapshot(1), 0);
            assertEquals(List.of("epoch-0001.json", "epoch-0001.safetensors"), files());
            assertEquals(1, of("a", 2).newest().epochs());
        } finally {
            Locale.setDefault(before);
        }
        // Written with such digits, they are read, and have their place.
        for (String end : List.of(".json", ".safetensors")) {
            Files.move(dir.resolve("epoch-0001" + end), dir.resolve("epoch-\u0660\u0660\u0660\u0661" + end));
        }
        assertEquals(1, of("a", 2).newest().epochs());
        of("a", 1).write(snapshot(2), 0);
        assertEquals(List.of("epoch-0002.json", "epoch-0002.safetensors"), files());
    }

    @Test
    void anOlderOneIsReadWhereTheNewestIsDamaged() throws IOException {
        of("a", 2).write(snapshot(1), 0);
        of("a", 2).write(snapshot(2), 0);
        Files.write(dir.resolve("epoch-0002.safetensors"), new byte[] {1, 2, 3});
        assertEquals(1, of("a", 2).newest().epochs());
    }

    @Test
    void whereNoneCanBeReadNothingStartsAnew() throws IOException {
        of("a", 2).write(snapshot(1), 0);
        of("a", 2).write(snapshot(2), 0);
        Files.write(dir.resolve("epoch-0001.json"), new byte[] {'{'});
        Files.delete(dir.resolve("epoch-0002.safetensors"));
        JobException e = assertThrows(JobException.class, () -> of("a", 2).newest());
        assertEquals(ExitStatus.INPUT, e.status());
        assertTrue(e.getMessage().startsWith("expected a whole checkpoint in "), e.getMessage());
        assertTrue(e.getMessage().contains("found 2 and none that can be read"), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }

    @Test
    void anotherRecipesAreRefusedAlsoWhereTheNewestIsDamaged() throws IOException {
        of("a", 2).write(snapshot(1), 0);
        of("a", 2).write(snapshot(2), 0);
        JobException e = assertThrows(JobException.class, () -> of("b", 2).newest());
        assertEquals(ExitStatus.INPUT, e.status());
        assertTrue(e.getMessage().contains("found name a instead of b"), e.getMessage());
        Files.write(dir.resolve("epoch-0002.safetensors"), new byte[] {1, 2, 3});
        assertEquals(
                e.getMessage(),
                assertThrows(JobException.class, () -> of("b", 2).newest()).getMessage());
    }

    @Test
    void aWriteThatWasCutOffIsNoCheckpoint() throws IOException {
        Files.write(dir.resolve("epoch-0001.safetensors"), new byte[] {1, 2, 3});
        Files.write(dir.resolve(".epoch-0001.json.part"), new byte[] {1, 2, 3});
        assertNull(of("a", 2).newest());
    }
}
