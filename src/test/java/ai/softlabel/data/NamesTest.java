package ai.softlabel.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.JobException;
import ai.softlabel.Rejection;
import ai.softlabel.TestFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tasks list is what the driver would. */
class NamesTest {
    private static JavaSparkContext spark;

    @TempDir
    Path dir;

    @BeforeAll
    static void start() {
        spark = new JavaSparkContext(new SparkConf()
                .setMaster("local[2]")
                .setAppName("names")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1"));
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    private void touch(String... names) throws IOException {
        for (String name : names) {
            Files.createDirectories(dir.resolve(name).getParent());
            Files.write(dir.resolve(name), new byte[1]);
        }
    }

    private Names assertAsWalked(int pictures, int rejected) {
        PictureFolder folder = PictureFolder.of(dir.toString(), spark.hadoopConfiguration());
        List<Item> found = new DriverLister().items(folder, "").toList();
        Names names = Layouts.names(dir.toString(), spark);
        assertEquals(
                found.stream().filter(Item::picture).map(Item::path).sorted().toList(),
                names.pictures().collect().stream().sorted().toList());
        Comparator<Rejection> byPath = Comparator.comparing(Rejection::path);
        assertEquals(
                found.stream()
                        .filter(item -> !item.folder() && item.problem() != null)
                        .map(Item::rejection)
                        .sorted(byPath)
                        .toList(),
                names.rejections().collect().stream().sorted(byPath).toList());
        assertEquals(pictures, names.count());
        assertEquals(rejected, names.rejected());
        assertEquals(rejected, names.counted());
        return names;
    }

    @Test
    void foldersOfAnyDepth() throws IOException {
        touch(
                "cat/1.jpg",
                "cat/2.TIF",
                "dog/1.heic",
                "a/b/c/d/größe.png",
                "a/b/.c/e.png",
                "notes/readme.txt",
                "loose.jpg");
        Files.createDirectories(dir.resolve("empty"));
        try (Names names = assertAsWalked(3, 2)) {
            assertEquals("cat/2.TIF", names.example().path());
        }
        assertTrue(spark.getPersistentRDDs().isEmpty());
    }

    @Test
    void aFolderWithTwoNamesIsListedByTheFirst() throws IOException {
        touch("cat/1.jpg", "dog/1.jpg", "real.jpg");
        Files.createSymbolicLink(dir.resolve("cat/again"), dir.resolve("cat"));
        Files.createSymbolicLink(dir.resolve("cat/other"), dir.resolve("dog"));
        Files.createSymbolicLink(dir.resolve("dog/other"), dir.resolve("cat"));
        Files.createSymbolicLink(dir.resolve("dog/linked.jpg"), dir.resolve("real.jpg"));
        Files.createSymbolicLink(dir.resolve("dog/gone.jpg"), dir.resolve("nowhere.jpg"));
        assertAsWalked(6, 5).close();
        assertTrue(spark.getPersistentRDDs().isEmpty());
    }

    @Test
    void whatTasksFindIsSaidInOneLine() throws IOException {
        touch("cat/1.tif", "cat/notes.txt");
        JobException none = assertThrows(JobException.class, () -> Layouts.names(dir.toString(), spark));
        assertTrue(none.getMessage().contains("1 that can't (such as cat/1.tif: .tif is not"), none.getMessage());
        assertTrue(spark.getPersistentRDDs().isEmpty());
        Files.writeString(dir.resolve(PackedSet.FILE), "{\"schema\":1,\"files\":1,\"pictures\":2}");
        Files.write(dir.resolve(PackedFile.name(0)), TestFiles.bytes("pictures/plain.png"));
        // By the driver: a task that throws it would fill the log with traces.
        JobException damaged = assertThrows(JobException.class, () -> Layouts.names(dir.toString(), spark));
        assertTrue(damaged.getMessage().startsWith("expected a packed data set"), damaged.getMessage());
        assertEquals(List.of(), List.copyOf(spark.getPersistentRDDs().keySet()));
    }

    @Test
    void aPackedSetsNamesAreReadFromItsFiles() throws IOException {
        List<Rejection> rejected =
                List.of(new Rejection("b.tif", "no format", true), new Rejection("a.jpg", "in no list", false));
        try (OutputStream out = Files.newOutputStream(dir.resolve(PackedSet.FILE))) {
            PackedSet.describe(out, List.of("cat"), false, 2, 3, List.of(rejected.iterator()));
        }
        List<List<String>> files = List.of(List.of("x/1.jpg"), List.of("y/2.jpg", "y/3.jpg"));
        for (int f = 0; f < files.size(); f++) {
            List<PackedFile.Row> rows = files.get(f).stream()
                    .map(name -> new PackedFile.Row(name, "cat", "NONE", 1, null))
                    .toList();
            try (OutputStream out = Files.newOutputStream(dir.resolve(PackedFile.name(f)))) {
                PackedFile.write(out, rows.iterator(), name -> new byte[1]);
            }
        }
        try (Names names = Layouts.names(dir.toString(), spark)) {
            assertEquals(
                    List.of("x/1.jpg", "y/2.jpg", "y/3.jpg"),
                    names.pictures().collect().stream().sorted().toList());
            assertEquals(2, names.rejected());
            assertEquals(1, names.counted());
            assertEquals("b.tif", names.example().path());
        }
    }
}
