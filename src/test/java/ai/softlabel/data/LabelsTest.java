package ai.softlabel.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.Part;
import ai.softlabel.Rejection;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Listing.Official;
import ai.softlabel.spark.LiveChannel;
import ai.softlabel.spark.TaskCount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labels from files, tables and patterns, beside a folder of empty files with pictures' names. */
class LabelsTest {
    private static SparkSession session;

    @TempDir
    Path dir;

    @BeforeAll
    static void start() {
        session = SparkSession.builder()
                .master("local[1]")
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "127.0.0.1")
                .getOrCreate();
    }

    @AfterAll
    static void stop() {
        session.stop();
    }

    private Path data(String... names) throws IOException {
        Path data = dir.resolve("data");
        for (String name : names) {
            Files.createDirectories(data.resolve(name).getParent());
            Files.createFile(data.resolve(name));
        }
        return data;
    }

    private String file(String name, String... lines) throws IOException {
        return Files.writeString(dir.resolve(name), String.join("\n", lines) + "\n")
                .toString();
    }

    private static LabelSource labels(String file) {
        return new LabelSource(file, null, Map.of(), null, null);
    }

    private static Listing list(Path data, LabelSource labels) {
        return Layouts.list(data.toString(), labels, session);
    }

    private static Map<String, String> reasons(Listing listing) {
        return new TreeMap<>(listing.rejected().stream().collect(Collectors.toMap(Rejection::path, Rejection::reason)));
    }

    private static Map<String, String> classes(Listing listing) {
        return new TreeMap<>(listing.entries().stream()
                .collect(Collectors.toMap(Entry::name, e -> listing.classes().get(e.label()))));
    }

    @Test
    void columnsAreReadAndEveryRowThatCanNotBeUsedHasItsReason() throws IOException {
        Path data = data("a.jpg", "b, two.jpg", "c.jpg", "d.jpg", "e.jpg", "f.jpg", "sub/g.jpg", "h.jpg", "i.heic");
        String file = file(
                "labels.csv",
                "\uFEFFpath,label,split,weight,group,comment",
                "a.jpg,cat,train,2.5,one,\"two",
                "lines\"",
                "\"b, two.jpg\",\"the \"\"dog\"\"\",Test,,,",
                "c.jpg,  ,train,,,",
                "d.jpg,cat,train,,,",
                "d.jpg,dog,train,,,",
                "e.jpg,cat,later,,,",
                "f.jpg,cat,train,-1,,",
                data + "/sub/g.jpg,cat,valid,,,",
                "absent.jpg,cat,train,,,",
                ",cat,train,,,",
                "i.heic,cat,train,,,");
        Listing found = list(data, labels(file));
        assertEquals(List.of("cat", "the \"dog\""), found.classes());
        Map<String, Entry> entries = found.entries().stream().collect(Collectors.toMap(Entry::name, e -> e));
        assertEquals(
                Map.of(
                        "a.jpg", new Entry("a.jpg", 0, Official.TRAIN, 2.5, "one"),
                        "b, two.jpg", new Entry("b, two.jpg", 1, Official.TEST),
                        "sub/g.jpg", new Entry("sub/g.jpg", 0, Official.VALIDATION)),
                entries);
        Map<String, String> reasons = reasons(found);
        assertEquals("its label is empty", reasons.get("c.jpg"));
        assertEquals("listed 2 times, as cat and as dog", reasons.get("d.jpg"));
        assertTrue(reasons.get("e.jpg").contains("split is later"), reasons.toString());
        assertTrue(reasons.get("f.jpg").contains("weight is -1"), reasons.toString());
        assertEquals("present but in no row of labels.csv", reasons.get("h.jpg"));
        assertEquals("named in labels.csv but absent", reasons.get("absent.jpg"));
        assertEquals("it has no path", reasons.get("row 10 of labels.csv"));
        assertTrue(reasons.containsKey("i.heic"), reasons.toString());
        assertEquals(8, reasons.size());
        // Only what no row names does not count.
        assertEquals(
                List.of("h.jpg"),
                found.rejected().stream()
                        .filter(r -> !r.counts())
                        .map(Rejection::path)
                        .toList());
    }

    @Test
    void parquetFilesTablesAndOtherColumnNamesSayTheSame() throws IOException {
        Path data = data("a.jpg", "b.jpg", "c.jpg");
        String csv = file("labels.csv", "file,breed", "a.jpg,cat", "b.jpg,dog", "c.jpg,cat");
        Map<String, String> columns = LabelSource.columns("path=file, label=breed");
        Listing fromCsv = list(data, new LabelSource(csv, null, columns, null, null));
        session.read().option("header", true).csv(csv).write().parquet(dir + "/labels.parquet");
        session.read().option("header", true).csv(csv).createOrReplaceTempView("breeds");
        Listing fromParquet = list(data, new LabelSource(dir + "/labels.parquet", null, columns, null, null));
        Listing fromTable = list(data, new LabelSource(null, "breeds", columns, null, null));
        assertEquals(Map.of("a.jpg", "cat", "b.jpg", "dog", "c.jpg", "cat"), classes(fromCsv));
        assertEquals(fromCsv.entries(), fromParquet.entries());
        assertEquals(fromCsv.entries(), fromTable.entries());
    }

    @Test
    void aSeparatorMakesSetsOfClasses() throws IOException {
        Path data = data("a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg");
        String csv = file(
                "labels.csv", "path,label", "a.jpg,cat | dog|cat", "b.jpg,dog|cat", "c.jpg,|", "d.jpg,dog", "e.jpg,");
        Listing found = list(data, labels(csv).separated("|"));
        assertEquals(List.of("cat", "dog"), found.classes());
        Map<String, String> sets =
                new TreeMap<>(found.entries().stream().collect(Collectors.toMap(Entry::name, found::labelOf)));
        assertEquals(Map.of("a.jpg", "[cat, dog]", "b.jpg", "[cat, dog]", "c.jpg", "[]", "d.jpg", "[dog]"), sets);
        assertEquals(Map.of("e.jpg", "its label is empty"), reasons(found));
        // Those of one set are one class to a split.
        assertEquals(found.entries().get(0).label(), found.entries().get(1).label());

        String order = file("classes.txt", "dog", "bird");
        Listing ordered = list(data, new LabelSource(csv, null, Map.of(), null, order, "|"));
        assertEquals(
                List.of(List.of(), List.of(0)),
                ordered.entries().stream().map(Entry::labels).toList());
        assertEquals("its label cat is not in classes.txt", reasons(ordered).get("a.jpg"));
        assertTrue(assertThrows(JobException.class, () -> LabelSource.LAYOUT.separated("|"))
                .getMessage()
                .contains("--labels or --table"));
    }

    @Test
    void rareSetsAreOneStratum() throws IOException {
        List<String> rows = new ArrayList<>(List.of("path,label", "x.jpg,dog", "y.jpg,dog|cat", "z.jpg,|"));
        for (int i = 0; i < 10; i++) {
            rows.add("cat" + i + ".jpg,cat");
        }
        Path data = data(rows.stream().skip(1).map(r -> r.split(",")[0]).toArray(String[]::new));
        Listing found = list(
                data, labels(file("labels.csv", rows.toArray(String[]::new))).separated("|"));
        Map<Integer, List<String>> strata = new TreeMap<>();
        found.entries().forEach(e -> strata.computeIfAbsent(e.label(), l -> new ArrayList<>())
                .add(found.labelOf(e)));
        assertEquals(List.of(3, 10), strata.values().stream().map(List::size).toList());
        assertEquals(List.of("[cat]"), strata.get(1).stream().distinct().toList());
        Split split = new Split(Split.Way.STRATIFIED, 0.3, HeldOut.NONE);
        assertEquals(4, split.assign(found, 1, new ArrayList<>()).get(Part.TEST).size());
    }

    @Test
    void patternsLookAtFileNamesOrAtPathsWhereTheyHaveASlash() throws IOException {
        Path data = data("x/great_dane_1.jpg", "x/great_dane_12.jpg", "y/pug_1.jpg", "y/readme.jpg");
        Listing names = list(data, new LabelSource(null, null, Map.of(), "(.+)_\\d+.jpg$", null));
        assertEquals(List.of("great_dane", "pug"), names.classes());
        assertEquals("great_dane", classes(names).get("x/great_dane_12.jpg"));
        assertEquals(Map.of("y/readme.jpg", "its name does not match the label pattern"), reasons(names));
        Listing paths = list(data, new LabelSource(null, null, Map.of(), "([^/]+)/[^/]+$", null));
        assertEquals(List.of("x", "y"), paths.classes());
        assertEquals("y", classes(paths).get("y/pug_1.jpg"));
        assertEquals(Map.of(), reasons(paths));
    }

    @Test
    void theFoldersPartsHoldWhereATableHasNone() throws IOException {
        Path data = data("train/cat_1.jpg", "train/dog_1.jpg", "val/cat_2.jpg");
        Listing found = list(data, new LabelSource(null, null, Map.of(), "(.+)_", null));
        Map<String, Official> parts = found.entries().stream().collect(Collectors.toMap(Entry::name, Entry::official));
        assertEquals(
                Map.of(
                        "train/cat_1.jpg",
                        Official.TRAIN,
                        "train/dog_1.jpg",
                        Official.TRAIN,
                        "val/cat_2.jpg",
                        Official.TEST),
                parts);
    }

    /** For a table or a pattern a folder's names and its own parts are both wanted. */
    @Test
    void aFolderIsWalkedOnce() throws IOException {
        Path data = data("images/cat_1.jpg", "images/dog_2.jpg", "images/emu_3.jpg", "more/cat_4.jpg");
        Files.createDirectories(data.resolve("annotations"));
        Files.writeString(data.resolve("annotations/trainval.txt"), "cat_1 1 1 1\n");
        Files.writeString(data.resolve("annotations/test.txt"), "dog_2 2 2 1\n");
        List<Integer> told = new CopyOnWriteArrayList<>();
        Consumer<Object> listener = m -> {
            if (m instanceof TaskCount.Message count && count.what().equals(Layouts.PROGRESS)) {
                told.add(count.done());
            }
        };
        LiveChannel.listen(listener);
        Listing found;
        try {
            found = list(data, new LabelSource(null, null, Map.of(), "(.+)_", null));
        } finally {
            LiveChannel.ignore(listener);
        }
        assertEquals(
                Map.of(
                        "images/cat_1.jpg",
                        Official.TRAIN,
                        "images/dog_2.jpg",
                        Official.TEST,
                        "images/emu_3.jpg",
                        Official.NONE,
                        "more/cat_4.jpg",
                        Official.NONE),
                found.entries().stream().collect(Collectors.toMap(Entry::name, Entry::official)));
        // A second walk would count from 0 again, and see the three pictures below images/ only.
        assertEquals(told.stream().sorted().toList(), told);
        assertTrue(told.get(told.size() - 1) >= 4, told.toString());
    }

    @Test
    void aFileGivesTheOrderOfTheClasses() throws IOException {
        Path data = data("cat/1.jpg", "dog/1.jpg", "emu/1.jpg");
        String order = file("classes.txt", "dog", "", " cat ", "fox");
        Listing found = list(data, new LabelSource(null, null, Map.of(), null, order));
        assertEquals(List.of("dog", "cat", "fox"), found.classes());
        assertEquals(Map.of("cat/1.jpg", "cat", "dog/1.jpg", "dog"), classes(found));
        assertEquals(Map.of("emu/1.jpg", "its label emu is not in classes.txt"), reasons(found));
        String twice = file("twice.txt", "dog", "dog");
        assertEquals(
                ExitStatus.INPUT,
                assertThrows(JobException.class, () -> list(data, new LabelSource(null, null, Map.of(), null, twice)))
                        .status());
    }

    @Test
    void whatCanNotBeReadIsOneLine() throws IOException {
        Path data = data("a.jpg");
        String other = file("other.csv", "file,breed", "a.jpg,cat");
        JobException missing = assertThrows(JobException.class, () -> list(data, labels(dir + "/none.csv")));
        assertEquals(ExitStatus.INPUT, missing.status());
        JobException column = assertThrows(JobException.class, () -> list(data, labels(other)));
        assertTrue(column.getMessage().contains("found file, breed"), column.getMessage());
        assertThrows(
                JobException.class, () -> list(data, new LabelSource(null, "no_such_table", Map.of(), null, null)));
        String nothing = file("nothing.csv", "path,label", "b.jpg,cat");
        JobException none = assertThrows(JobException.class, () -> list(data, labels(nothing)));
        assertTrue(none.getMessage().contains("absent"), none.getMessage());
        for (Runnable wrong : List.<Runnable>of(
                () -> new LabelSource("f", "t", Map.of(), null, null),
                () -> new LabelSource(null, null, Map.of("path", "p"), null, null),
                () -> new LabelSource(null, null, Map.of(), "no group", null),
                () -> new LabelSource(null, null, Map.of(), "(", null),
                () -> LabelSource.columns("name=file"),
                () -> LabelSource.columns("path"),
                () -> LabelSource.columns("path=a,path=b"))) {
            assertEquals(
                    ExitStatus.OPTIONS,
                    assertThrows(JobException.class, wrong::run).status());
        }
    }
}
