package ai.softlabel.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.JobException;
import ai.softlabel.Rejection;
import ai.softlabel.TestFiles;
import ai.softlabel.command.bench.MadeFileSystem;
import ai.softlabel.data.PackedFile.Row;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tasks list is what the driver would, in the same order. */
class LabelledNamesTest {
    private static SparkSession session;

    @TempDir
    Path dir;

    @BeforeAll
    static void start() {
        session = SparkSession.builder()
                .master("local[2]")
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.sql.shuffle.partitions", "2")
                // The names of the made pictures are more than that.
                .config("spark.driver.maxResultSize", "300k")
                .getOrCreate();
        session.sparkContext().hadoopConfiguration().set("fs.made.impl", MadeFileSystem.class.getName());
    }

    @AfterAll
    static void stop() {
        session.stop();
    }

    private void touch(String... names) throws IOException {
        for (String name : names) {
            Files.createDirectories(dir.resolve(name).getParent());
            Files.write(dir.resolve(name), new byte[1]);
        }
    }

    private static List<Row> rows(Listing listing) {
        return listing.entries().stream()
                .map(e -> new Row(e.name(), listing.labelOf(e), e.official().name(), e.weight(), e.group()))
                .toList();
    }

    private static boolean nothingIsKept() {
        return session.sparkContext().getPersistentRDDs().isEmpty();
    }

    private LabelledNames assertAsListed(LabelSource labels, int pictures, int rejected) {
        Listing listing = Layouts.list(dir.toString(), labels, session);
        LabelledNames names = Layouts.labelledNames(dir.toString(), labels, session);
        assertEquals(listing.classes(), names.classes());
        assertEquals(listing.species(), names.species());
        assertEquals(rows(listing), names.files(1).collect());
        List<Rejection> unused = new ArrayList<>();
        names.rejections().forEachRemaining(unused::add);
        assertEquals(listing.rejected(), unused);
        assertEquals(List.of(pictures, rejected), List.of((int) names.count(), (int) names.rejected()));
        assertEquals(rows(listing).stream().mapToLong(Row::print).sum(), names.print());
        return names;
    }

    private static LabelSource file(Path labels, String classes) {
        return new LabelSource(labels.toString(), null, Map.of(), null, classes);
    }

    private static LabelSource pattern(String pattern) {
        return new LabelSource(null, null, Map.of(), pattern, null);
    }

    @Test
    void foldersAndParts() throws IOException {
        touch("b/1.jpg", "b/x/2.jpg", "b/x.jpg", "b-c/1.jpg", "b-c/2.TIF", "c/only.heic", "loose.jpg", "loose.tif");
        Files.createDirectories(dir.resolve("empty/deep"));
        Files.createSymbolicLink(dir.resolve("c/again"), dir.resolve("b"));
        assertAsListed(LabelSource.LAYOUT, 4, 6).close();
        Path order = Files.writeString(dir.resolve("classes.txt"), "c\nb\n");
        LabelSource classes = new LabelSource(null, null, Map.of(), null, order.toString());
        assertAsListed(classes, 3, 7).close();
        assertTrue(nothingIsKept());
    }

    @Test
    void partsOfFolders() throws IOException {
        touch("train/rose/2.jpg", "train/rose/1.jpg", "val/rose/1.jpg", "val/elm/1.jpg", "train/loose.jpg");
        Files.createDirectories(dir.resolve("val/oak"));
        assertAsListed(LabelSource.LAYOUT, 4, 2).close();
        assertAsListed(pattern("([^/]+)/[^/]+$"), 5, 0).close();
    }

    @Test
    void listsOfThePets() throws IOException {
        touch(
                "images/Cat_1.jpg",
                "images/Cat_1.png",
                "images/more/Cat_1.jpg",
                "images/Cat_2.tif",
                "images/dog_1.jpg",
                "images/stray_1.jpg",
                "images/stray_1.tif",
                "else/pig_1.jpg");
        Files.createDirectories(dir.resolve("annotations"));
        Files.writeString(dir.resolve("annotations/test.txt"), "dog_1 2 2 1\nCat_3 1 1 1\n");
        Files.writeString(dir.resolve("annotations/trainval.txt"), "Cat_2 1 1 1\nCat_1 1 1 1\n");
        assertAsListed(LabelSource.LAYOUT, 2, 6).close();
        assertAsListed(pattern("(.+)_\\d"), 6, 2).close();
        Files.writeString(dir.resolve("annotations/test.txt"), "dog_1 x 2 1\n");
        JobException wrong = assertThrows(
                JobException.class, () -> Layouts.labelledNames(dir.toString(), LabelSource.LAYOUT, session));
        assertTrue(wrong.getMessage().startsWith("expected NAME CLASS-ID"), wrong.getMessage());
        assertTrue(nothingIsKept());
    }

    @Test
    void rowsOfATable() throws IOException {
        touch("a.jpg", "b/1.jpg", "b.jpg", "c.jpg", "d.jpg", "e.heic", "f.tif");
        Path labels = Files.writeString(
                dir.resolve("labels.csv"),
                String.join(
                        "\n",
                        "path,label,split,weight,group",
                        "c.jpg,dog,test,0.5,one",
                        ",dog,test,,",
                        "b/1.jpg,cat,,,",
                        "gone.jpg,cat,,,",
                        "b.jpg,emu,train,,",
                        "b.jpg,cat,train,,",
                        "e.heic,cat,train,,",
                        ",cat,test,,",
                        "a.jpg,dog,later,,",
                        dir + "/b.jpg,dog,train,,"));
        assertAsListed(file(labels, null), 2, 8).close();
        Path order = Files.writeString(dir.resolve("classes.txt"), "emu\ncat\n");
        assertAsListed(file(labels, order.toString()), 1, 9).close();
        assertThrows(
                JobException.class,
                () -> Layouts.labelledNames(dir.toString(), file(dir.resolve("none.csv"), null), session));
        assertTrue(nothingIsKept());
    }

    @Test
    void packedSets() throws IOException {
        List<List<Row>> files = List.of(
                List.of(new Row("x/1.jpg", "dog", "TRAIN", 2, null)),
                List.of(new Row("x.jpg", "cat", "TEST", 1, "one"), new Row("a.jpg", "dog", "NONE", 1, null)));
        for (int f = 0; f < files.size(); f++) {
            try (OutputStream out = Files.newOutputStream(dir.resolve(PackedFile.name(f)))) {
                PackedFile.write(out, files.get(f).iterator(), name -> new byte[1]);
            }
        }
        List<Rejection> rejected = List.of(new Rejection("z.tif", "no format", true), new Rejection("b", "so", false));
        try (OutputStream out = Files.newOutputStream(dir.resolve(PackedSet.FILE))) {
            PackedSet.describe(out, List.of("dog", "cat"), true, 2, 3, List.of(rejected.iterator()));
        }
        assertAsListed(LabelSource.LAYOUT, 3, 2).close();
        assertAsListed(pattern("(.)\\.jpg"), 3, 2).close();
        Files.write(dir.resolve(PackedFile.name(0)), TestFiles.bytes("pictures/plain.png"));
        JobException damaged = assertThrows(
                JobException.class, () -> Layouts.labelledNames(dir.toString(), LabelSource.LAYOUT, session));
        assertTrue(damaged.getMessage().startsWith("expected a packed data set"), damaged.getMessage());
        assertTrue(nothingIsKept());
    }

    @Test
    void theDriverNeverHasTheNames() {
        String made = "made://20500/";
        List<Row> all = rows(Layouts.list(made, session.sparkContext().hadoopConfiguration()));
        try (LabelledNames names = Layouts.labelledNames(made, LabelSource.LAYOUT, session)) {
            assertEquals(
                    List.of(20_500L, 21), List.of(names.count(), names.classes().size()));
            JavaRDD<Row> files = names.files(40);
            for (int f : List.of(0, 13, 39)) {
                assertEquals(
                        all.stream()
                                .filter(r -> PackedFile.file(r.path(), 40) == f)
                                .toList(),
                        files.collectPartitions(new int[] {f})[0]);
            }
            Exception tooMany = assertThrows(Exception.class, files::collect);
            assertTrue(
                    tooMany instanceof SparkException && tooMany.getMessage().contains("maxResultSize"),
                    tooMany.getMessage());
        }
    }
}
