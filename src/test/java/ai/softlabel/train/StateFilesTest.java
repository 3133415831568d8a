package ai.softlabel.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.files.Directory;
import ai.softlabel.network.ModelState;
import ai.softlabel.spark.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.util.SerializableConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The optimiser's arrays of seven weights, of which executors own [0, 3) and [3, 7). */
class StateFilesTest {
    private static final int SIZE = 7;
    private static final Exchange.Slice ONE = new Exchange.Slice(0, 3);
    private static final Exchange.Slice TWO = new Exchange.Slice(3, SIZE);

    @TempDir
    Path dir;

    private Directory directory() {
        return Directory.of("out", dir.toString(), new Configuration());
    }

    private Checkpoints checkpoints() {
        return new Checkpoints(directory(), new Fingerprint(Map.of("name", "a"), null), 2);
    }

    private static float[] numbers(int first) {
        float[] out = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            out[i] = first + i / 8f;
        }
        return out;
    }

    private static Recipe recipe(double average) {
        return new Recipe(
                Hyperparameters.builder()
                        .optimization(new Optimization(
                                "adamw",
                                "cosine",
                                0.1,
                                0,
                                1,
                                1,
                                0.9,
                                0,
                                1e-2,
                                0,
                                average,
                                1,
                                Wire.FLOAT32,
                                1e-2,
                                1,
                                false))
                        .build(),
                2,
                2);
    }

    /** Two arrays of AdamW's, and the moving average where there is one. */
    private static float[][] states(int first, double average) {
        return average > 0
                ? new float[][] {numbers(first), numbers(first + 10), numbers(first + 20)}
                : new float[][] {numbers(first), numbers(first + 10)};
    }

    private static float[][] of(float[][] states, Exchange.Slice slice) {
        return Arrays.stream(states)
                .map(s -> Arrays.copyOfRange(s, slice.from(), slice.to()))
                .toArray(float[][]::new);
    }

    private static Snapshot before(double average) {
        return new Snapshot(
                new ModelState(numbers(1), new float[] {4}, 10),
                states(100, average),
                0,
                List.of(),
                0,
                0,
                new float[0]);
    }

    /**
     * An executor's result after an epoch.
     *
     * @param files where it writes, or null where the driver gets all
     */
    private static EpochTask.Result result(Exchange.Slice slice, StateFiles files, double average) {
        float[][] own = of(states(200, average), slice);
        List<StateFiles.Piece> stored =
                files == null ? null : files.write(CheckpointName.of(1, 0).text(), slice, own, 2);
        float[][] given = files == null ? own : Arrays.copyOfRange(own, 2, own.length);
        return new EpochTask.Result(
                List.of(0.5),
                List.of(new float[] {5}),
                List.of(),
                List.of(),
                slice,
                Arrays.copyOfRange(numbers(2), slice.from(), slice.to()),
                given,
                stored,
                new Peer("1", "host", 0),
                false,
                StepTimes.NONE,
                0,
                0);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.map(p -> p.getFileName().toString())
                    .filter(n -> !n.startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void whatExecutorsWroteIsWhatTheDriverWouldHold() throws IOException {
        StateFiles files = StateFiles.open(directory(), 4);
        assertTrue(files.shared());
        for (double average : new double[] {0, 0.5}) {
            Snapshot expected = new EpochResults(List.of(result(ONE, null, average), result(TWO, null, average)))
                    .after(before(average), recipe(average), 1, files);
            assertNull(expected.stored());
            Snapshot stored = new EpochResults(List.of(result(ONE, files, average), result(TWO, files, average)))
                    .after(before(average), recipe(average), 1, files);
            assertNotNull(stored.stored());
            // Three numbers in two files of at most four, two of each array; four in two.
            assertEquals(4, stored.stored().pieces().size());
            assertEquals(0, stored.states()[0].length);
            assertEquals(0, stored.states()[1].length);
            assertArrayEquals(expected.model().weights(), stored.model().weights());
            for (int from = 0; from < SIZE; from++) {
                for (int to = from; to <= SIZE; to++) {
                    assertArrayEquals(expected.states(from, to), stored.states(from, to), from + " " + to);
                }
            }
            // An executor that does not see the folder gives its arrays to the driver, which then holds all.
            Snapshot mixed = new EpochResults(List.of(result(ONE, files, average), result(TWO, null, average)))
                    .after(before(average), recipe(average), 1, files);
            assertNull(mixed.stored());
            assertArrayEquals(expected.states(), mixed.states());
            // As where a run goes on in one process.
            Snapshot next =
                    new EpochResults(List.of(result(TWO, null, average))).after(stored, recipe(average), 1, null);
            assertArrayEquals(expected.states(), next.states());
        }
    }

    /** While the head alone is trained, nobody has written the body's, which are 0. */
    @Test
    void whatNoFileHasIsZero() throws IOException {
        StateFiles files = StateFiles.open(directory(), 4);
        Snapshot head = new EpochResults(List.of(result(TWO, files, 0))).after(before(0), recipe(0), 1, files);
        float[] expected = numbers(210);
        Arrays.fill(expected, 0, TWO.from(), 0);
        assertArrayEquals(expected, head.states(0, SIZE)[1]);
    }

    /** It is another user, say; the driver then gets its arrays. */
    @Test
    void anExecutorThatCannotWriteStoresNothing() throws IOException {
        Path file = Files.writeString(dir.resolve("file"), "");
        StateFiles below = StateFiles.of(Directory.of("out", file.resolve("run").toString(), new Configuration()));
        assertFalse(below.shared());
        assertNull(below.write("epoch-0001", ONE, of(states(1, 0), ONE), 2));
        StateFiles unknown =
                new StateFiles("nosuch://host/run", new SerializableConfiguration(new Configuration()), "token", 4);
        assertFalse(unknown.shared());
    }

    @Test
    void aCheckpointNamesTheFiles() throws IOException {
        StateFiles files = checkpoints().open();
        for (int epoch = 1; epoch <= 3; epoch++) {
            String name = CheckpointName.of(epoch, 0).text();
            List<StateFiles.Piece> pieces = new ArrayList<>(files.write(name, TWO, of(states(epoch, 0), TWO), 2));
            pieces.addAll(files.write(name, ONE, of(states(epoch, 0), ONE), 2));
            checkpoints()
                    .write(
                            new Snapshot(
                                    new ModelState(numbers(epoch), new float[] {4}, 10),
                                    new float[2][0],
                                    epoch,
                                    List.of(0.5),
                                    1,
                                    0,
                                    new float[0],
                                    null,
                                    new StateFiles.Stored(files, pieces)),
                            0);
        }
        files.close();
        assertFalse(files.shared());
        // A try whose driver was killed before it wrote the index.
        files.write(CheckpointName.of(3, 7).text(), ONE, of(states(9, 0), ONE), 2);
        files.write(CheckpointName.of(4, 0).text(), ONE, of(states(9, 0), ONE), 2);
        assertEquals(10, files().size(), files().toString());
        Path unfinished = Files.writeString(dir.resolve(".epoch-0004.0123abcd-3.safetensors.part"), "half");
        checkpoints().open().close();
        assertFalse(Files.exists(unfinished));
        // Of each of the two that are kept: the index, the weights, and a file of each executor.
        assertEquals(8, files().size(), files().toString());
        Snapshot found = checkpoints().newest();
        assertEquals(3, found.epochs());
        assertEquals(2, found.states().length);
        assertArrayEquals(states(3, 0), found.states(0, SIZE));
        assertArrayEquals(of(states(3, 0), new Exchange.Slice(2, 5)), found.states(2, 5));

        Path index = dir.resolve("epoch-0003.json");
        String text = Files.readString(index);
        for (String damage : List.of(
                text.replaceFirst("\"from\":0", "\"from\":1"),
                text.replaceFirst("\"to\":7", "\"to\":6"),
                text.replaceFirst("\"to\":7", "\"to\":8"),
                text.replaceFirst("\"slices\":\\[\\{[^}]*\\},", "\"slices\":["),
                text.replaceFirst("\"slices\":\\[[^\\]]*\\]", "\"slices\":[]"),
                text.replaceFirst("\"states\":2", "\"states\":3"),
                text.replaceFirst("\"file\":\"", "\"file\":\"../"),
                text.replaceFirst("\"states\":2", "\"states\":2000000000"))) {
            assertFalse(damage.equals(text));
            Files.writeString(index, damage);
            Snapshot older = checkpoints().newest();
            assertEquals(2, older.epochs(), damage);
            assertArrayEquals(states(2, 0), older.states(0, SIZE));
        }
        Files.writeString(index, text);
        assertEquals(3, checkpoints().newest().epochs());
        String slice = files().stream()
                .filter(f -> f.matches("epoch-0003\\..+-3\\.safetensors"))
                .findFirst()
                .orElseThrow();
        Files.write(dir.resolve(slice), new byte[] {1, 2, 3});
        assertEquals(2, checkpoints().newest().epochs());
        JobException e = assertThrows(JobException.class, () -> found.states(0, SIZE));
        assertEquals(ExitStatus.TRAINING, e.status());
        assertEquals(1, e.getMessage().lines().count());
        assertArrayEquals(new float[][] {{3, 3.125f}, {13, 13.125f}}, found.states(0, 2));
    }
}
