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

    /** Its executors' files are what the next stage begins with. */
    @Test
    void theOneJustWrittenStaysWhereNewerOnesAreDamaged() throws IOException {
        for (int epoch = 1; epoch <= 3; epoch++) {
            of("a", 1).write(snapshot(epoch), 1);
        }
        Files.write(dir.resolve("epoch-0003.safetensors"), new byte[] {1, 2, 3});
        assertEquals(1, of("a", 1).newest().epochs());
        of("a", 1).write(snapshot(2), 1);
        assertEquals(2, of("a", 1).newest().epochs());
        of("a", 1).write(snapshot(3), 3);
        assertEquals(List.of("epoch-0003.json", "epoch-0003.safetensors"), files());
        assertEquals(3, of("a", 1).newest().epochs());
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

    private Checkpoints parted() {
        return new Checkpoints(
                Directory.of("out", dir.toString(), new Configuration()),
                new Fingerprint(Map.of("name", "a"), null),
                2,
                2);
    }

    private static void assertSame(Snapshot expected, Snapshot found) {
        assertArrayEquals(expected.model().weights(), found.model().weights());
        assertArrayEquals(expected.model().statistics(), found.model().statistics());
        assertEquals(expected.model().steps(), found.model().steps());
        assertEquals(expected.states().length, found.states().length);
        for (int i = 0; i < expected.states().length; i++) {
            assertArrayEquals(expected.states()[i], found.states()[i]);
        }
        assertEquals(
                List.of(expected.epochs(), expected.losses(), expected.seconds(), expected.headPasses()),
                List.of(found.epochs(), found.losses(), found.seconds(), found.headPasses()));
        assertArrayEquals(expected.lossState(), found.lossState());
    }

    @Test
    void partsOfBoundedSizeAreReadAsOne() throws IOException {
        parted().write(snapshot(1), 0);
        parted().write(snapshot(2), 0);
        // 3 + 1 + 3 + 3 numbers, two in each part.
        assertEquals(
                List.of(
                        "epoch-0002.2.safetensors",
                        "epoch-0002.3.safetensors",
                        "epoch-0002.4.safetensors",
                        "epoch-0002.5.safetensors",
                        "epoch-0002.json",
                        "epoch-0002.safetensors"),
                files().subList(6, 12));
        assertSame(snapshot(2), parted().newest());
        // Whatever the size of parts was.
        assertSame(snapshot(2), of("a", 2).newest());
        parted().write(snapshot(3), 0);
        assertEquals(12, files().size());
        assertTrue(files().get(0).startsWith("epoch-0002"), files().toString());
    }

    @Test
    void aPartThatIsDamagedOrGoneMakesTheCheckpointNotWhole() throws IOException {
        parted().write(snapshot(1), 0);
        parted().write(snapshot(2), 0);
        byte[] third = Files.readAllBytes(dir.resolve("epoch-0002.3.safetensors"));
        third[third.length - 1] ^= 1;
        Files.write(dir.resolve("epoch-0002.3.safetensors"), third);
        assertEquals(1, parted().newest().epochs());
        Files.delete(dir.resolve("epoch-0002.3.safetensors"));
        assertEquals(1, parted().newest().epochs());
    }

    private static Snapshot within(int epochs, int step) {
        Snapshot s = snapshot(epochs);
        List<ReplicaState> replicas = List.of(
                new ReplicaState(new Place(3, 17), new float[] {0.1f}, new double[] {1.0 / 3, Double.MIN_VALUE}),
                new ReplicaState(new Place(2, 0), new float[] {-7}, new double[] {2, 1e300}));
        return new Snapshot(
                s.model(),
                s.states(),
                epochs,
                s.losses(),
                s.seconds(),
                s.headPasses(),
                s.lossState(),
                new Snapshot.Within(step, 0.75, replicas));
    }

    @Test
    void theMiddleOfAnEpochIsReadToTheBit() throws IOException {
        Snapshot written = within(0, 5);
        parted().write(written, 0);
        Snapshot read = parted().newest();
        assertSame(written, read);
        assertEquals(5, read.within().step());
        assertEquals(0.75, read.within().seconds());
        for (int i = 0; i < 2; i++) {
            ReplicaState expected = written.within().replicas().get(i);
            ReplicaState found = read.within().replicas().get(i);
            assertEquals(expected.place(), found.place());
            assertArrayEquals(expected.sums(), found.sums());
            assertArrayEquals(expected.gathered(), found.gathered());
        }
    }

    @Test
    void theMiddleOfAnEpochStaysUntilTheNextOneOrTheEpochsEnd() throws IOException {
        of("a", 1).write(snapshot(1), 0);
        of("a", 1).write(within(1, 5), 0);
        of("a", 1).write(within(1, 10), 0);
        assertEquals(
                List.of(
                        "epoch-0001-step-0000010.json",
                        "epoch-0001-step-0000010.safetensors",
                        "epoch-0001.json",
                        "epoch-0001.safetensors"),
                files());
        assertEquals(10, of("a", 1).newest().within().step());
        assertNull(of("a", 1).after(1).within());
        // Damaged, it falls back to the epoch before it.
        byte[] arrays = Files.readAllBytes(dir.resolve("epoch-0001-step-0000010.safetensors"));
        Files.write(dir.resolve("epoch-0001-step-0000010.safetensors"), new byte[] {1});
        assertNull(of("a", 1).newest().within());
        Files.write(dir.resolve("epoch-0001-step-0000010.safetensors"), arrays);
        of("a", 1).write(snapshot(2), 0);
        assertEquals(List.of("epoch-0002.json", "epoch-0002.safetensors"), files());
    }

    @Test
    void checkpointsOfOneFileFromBeforeThereWerePartsAreRead() {
        Checkpoints old = new Checkpoints(
                Directory.of("out", "src/test/resources/golden/checkpoint", new Configuration()),
                new Fingerprint(Map.of("name", "a"), null),
                2);
        Snapshot expected = new Snapshot(
                new ModelState(new float[] {1.5f, -2, 3}, new float[] {4, 0.25f}, 12),
                new float[][] {{5, 6, 7}, {8, 9, 10}},
                3,
                List.of(0.5, 0.25, 0.125),
                1.5,
                1,
                new float[] {7});
        assertSame(expected, old.newest());
    }
}
