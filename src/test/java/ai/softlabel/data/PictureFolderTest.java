package ai.softlabel.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.Program;
import ai.softlabel.Rejection;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.spark.TaskCount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data as people have it: nothing in it may vanish without a line. */
class PictureFolderTest {
    private static final byte[] CONTENT = {1};

    @TempDir
    Path dir;

    private void touch(String... names) throws IOException {
        for (String name : names) {
            Files.createDirectories(dir.resolve(name).getParent());
            Files.write(dir.resolve(name), CONTENT);
        }
    }

    private Listing list() {
        return Layouts.list(dir.toString(), new Configuration());
    }

    private static List<String> names(Listing listing) {
        return listing.entries().stream().map(Entry::name).sorted().toList();
    }

    private static Map<String, String> reasons(Listing listing) {
        return listing.rejected().stream().collect(Collectors.toMap(Rejection::path, Rejection::reason));
    }

    private static Map<String, String> parts(Listing listing) {
        return listing.entries().stream()
                .collect(Collectors.toMap(
                        Entry::name, e -> e.official() + " " + listing.classes().get(e.label())));
    }

    private void assertRefused(String... quoted) {
        JobException e = assertThrows(JobException.class, this::list);
        assertEquals(ExitStatus.INPUT, e.status());
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        for (String part : quoted) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
    }

    @Test
    void namesWithUnderscoresColonsAndUmlautsArePictures() throws IOException {
        touch("_raw/_DSC0001.jpg", "a:b/12:30:05.jpg", "Müller/größe.png", "日本/%41 b+c.jpg", "a:b/.hidden.jpg");
        Listing listing = list();
        assertEquals(List.of("_raw", "a:b", "Müller", "日本").stream().sorted().toList(), listing.classes());
        assertEquals(4, listing.entries().size());
        for (Entry e : listing.entries()) {
            assertEquals(1, read(listing, e.name()).length);
        }
    }

    private static byte[] read(Listing listing, String name) {
        try {
            return listing.source().read(name);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** A file system that is not taken for the machine's own. */
    public static final class Mounted extends RawLocalFileSystem {
        @Override
        public String getScheme() {
            return "mounted";
        }

        @Override
        public java.net.URI getUri() {
            return java.net.URI.create("mounted:///");
        }
    }

    @Test
    void hadoopsFileSystemsTakeColonsAndUnderscoresToo() throws IOException {
        touch("_raw/_DSC0001.jpg", "a:b/12:30:05.jpg");
        Configuration configuration = new Configuration();
        configuration.setClass("fs.mounted.impl", Mounted.class, org.apache.hadoop.fs.FileSystem.class);
        Listing listing = Layouts.list("mounted://" + dir, configuration);
        assertEquals(List.of("_raw", "a:b"), listing.classes());
        for (Entry e : listing.entries()) {
            assertEquals(1, read(listing, e.name()).length);
        }
        assertTrue(
                listing.source().where().startsWith("mounted:"),
                listing.source().where());
    }

    @Test
    void formatsThatAreNotReadAreRejectedAndTheirClassStays() throws IOException {
        touch("cat/1.jpg", "cat/2.TIF", "dog/1.heic", "dog/2.avif", "notes/readme.txt", "loose.jpg", "loose.tif");
        Listing listing = list();
        assertEquals(List.of("cat", "dog"), listing.classes());
        assertEquals(List.of("cat/1.jpg"), names(listing));
        Map<String, String> reasons = reasons(listing);
        assertTrue(reasons.get("cat/2.TIF").startsWith(".TIF is not among the formats"), reasons.toString());
        assertEquals("a folder without pictures, so no class", reasons.get("notes/"));
        assertEquals("in no class's folder", reasons.get("loose.jpg"));
        assertEquals(6, listing.rejected().size());
        assertEquals(
                List.of("cat/2.TIF", "dog/1.heic", "dog/2.avif"),
                listing.rejected().stream()
                        .filter(Rejection::counts)
                        .map(Rejection::path)
                        .sorted()
                        .toList());
    }

    @Test
    void aFolderOfNothingButOtherFormatsSaysSo() throws IOException {
        touch("cat/1.tif", "dog/1.tif");
        assertRefused("2 that can't (such as cat/1.tif: .tif is not among the formats that are read");
    }

    @Test
    void inThePetsLayoutAFileOfAnotherFormatIsRejectedOnce() throws IOException {
        touch("images/Cat_1.jpg", "images/dog_1.tif", "images/dog_2.tif");
        Files.createDirectories(dir.resolve("annotations"));
        Files.writeString(dir.resolve("annotations/trainval.txt"), "\uFEFFCat_1 1 1 1\ndog_1 2 2 1\n");
        Listing listing = list();
        assertEquals(List.of("images/Cat_1.jpg"), names(listing));
        assertEquals(2, listing.rejected().size());
        assertEquals(
                List.of("images/dog_1.tif"),
                listing.rejected().stream()
                        .filter(Rejection::counts)
                        .map(Rejection::path)
                        .toList());
        assertTrue(listing.species());
    }

    @Test
    void onlyThePetsHaveSpecies() throws IOException {
        touch("Zebra/1.jpg", "ant/1.jpg");
        assertTrue(!list().species());
        assertTrue(Layouts.list(null, new Configuration()).species());
    }

    @Test
    void listsOfOtherDataHaveNoSpecies() throws IOException {
        touch("images/Zebra_1.jpg", "images/ant_1.jpg");
        Files.createDirectories(dir.resolve("annotations"));
        for (String lists : List.of("Zebra_1 1\nant_1 2\n", "Zebra_1 1 2\nant_1 2 2\n", "Zebra_1 1 3\nant_1 2 4\n")) {
            Files.writeString(dir.resolve("annotations/trainval.txt"), lists);
            assertTrue(!list().species(), lists);
        }
    }

    @Test
    void trainIsAClassBesideOthers() throws IOException {
        touch("car/1.jpg", "train/1.jpg", "val/1.jpg", "test/1.jpg", "bus/1.jpg");
        assertEquals(List.of("bus", "car", "test", "train", "val"), list().classes());
        touch("train/steam/2.jpg");
        assertRefused("found train/ with folders of pictures in it (train/steam/2.jpg) beside bus/");
    }

    @Test
    void partsAreFoundWhereAllFoldersAreParts() throws IOException {
        touch("train/rose/1.jpg", "val/rose/2.jpg", "val/daisy/3.jpg", "papers/readme.txt");
        assertEquals(
                Map.of(
                        "train/rose/1.jpg",
                        "TRAIN rose",
                        "val/rose/2.jpg",
                        "TEST rose",
                        "val/daisy/3.jpg",
                        "TEST daisy"),
                parts(list()));
        touch("Test/rose/4.jpg", "Test/5.jpg", "Test/tulip/notes.txt");
        Listing three = list();
        assertEquals(
                Map.of(
                        "train/rose/1.jpg",
                        "TRAIN rose",
                        "val/rose/2.jpg",
                        "VALIDATION rose",
                        "val/daisy/3.jpg",
                        "VALIDATION daisy",
                        "Test/rose/4.jpg",
                        "TEST rose"),
                parts(three));
        assertEquals(
                Map.of(
                        "Test/5.jpg",
                        "in no class's folder",
                        "Test/tulip/",
                        "a folder without pictures, so no class",
                        "papers/",
                        "a folder without pictures, so no class"),
                reasons(three));
        touch("valid/rose/6.jpg");
        assertRefused("found val/ and valid/");
    }

    @Test
    void aPartAlone() throws IOException {
        touch("val/rose/1.jpg", "val/daisy/1.jpg");
        assertEquals(Map.of("val/rose/1.jpg", "TEST rose", "val/daisy/1.jpg", "TEST daisy"), parts(list()));
        Files.delete(dir.resolve("val/rose/1.jpg"));
        Files.delete(dir.resolve("val/daisy/1.jpg"));
        touch("val/1.jpg");
        assertRefused("expected a folder for each class below val/");
    }

    @Test
    void linksPipesAndLoopsEnd() throws Exception {
        touch("cat/1.jpg", "dog/1.jpg", "real.jpg");
        Files.createSymbolicLink(dir.resolve("cat/again"), dir.resolve("cat"));
        Files.createSymbolicLink(dir.resolve("cat/other"), dir.resolve("dog"));
        Files.createSymbolicLink(dir.resolve("dog/other"), dir.resolve("cat"));
        Files.createSymbolicLink(dir.resolve("dog/up"), dir);
        Files.createSymbolicLink(dir.resolve("dog/self.jpg"), dir.resolve("dog/self.jpg"));
        Files.createSymbolicLink(dir.resolve("dog/gone.jpg"), dir.resolve("nowhere.jpg"));
        Files.createSymbolicLink(dir.resolve("dog/linked.jpg"), dir.resolve("real.jpg"));
        Files.createSymbolicLink(dir.resolve("goneclass"), dir.resolve("nowhere"));
        Program.run("mkfifo", dir.resolve("dog/pipe.jpg").toString()).ended(0);
        Listing listing = assertTimeoutPreemptively(Duration.ofSeconds(20), this::list);
        // A folder with two names is listed by the first of them.
        assertEquals(
                List.of("cat/1.jpg", "cat/other/1.jpg", "cat/other/linked.jpg"),
                names(listing).subList(0, 3));
        Map<String, String> reasons = reasons(listing);
        for (String link : List.of("cat/again", "cat/other/up", "cat/other/other")) {
            assertEquals("a link to a folder that is above it or was listed already", reasons.get(link), link);
        }
        assertEquals("a link to nothing", reasons.get("goneclass"));
        assertEquals("a link to nothing", reasons.get("dog/gone.jpg"));
        assertTrue(reasons.get("dog/self.jpg").startsWith("a link that leads nowhere"), reasons.toString());
        assertEquals("neither a file nor a folder: a pipe, a socket or a device", reasons.get("dog/pipe.jpg"));
        assertTimeoutPreemptively(
                Duration.ofSeconds(5),
                () -> assertThrows(Undecodable.class, () -> listing.source().read("dog/pipe.jpg")));
    }

    @Test
    void namesThatAreNotUtf8AreRejected() throws Exception {
        touch("cat/1.jpg");
        Program.run(
                        "bash",
                        "-c",
                        "touch \"$0\"/$'M\\xfcller.jpg'",
                        dir.resolve("cat").toString())
                .ended(0);
        assertEquals("its name is not UTF-8; rename it", reasons(list()).get("cat/M\uFFFDller.jpg"));
        Program.run("bash", "-c", "mkdir \"$0\"/$'M\\xfcller'", dir.toString()).ended(0);
        assertRefused("M\uFFFDller: its name is not UTF-8; rename it");
    }

    /** What a job in another locale finds; Hadoop's own listing would leave out all but one. */
    @Test
    void aLocaleThatCannotSpellNamesFindsThem() throws Exception {
        touch("Müller/größe.jpg", "cat/1.jpg", "cat/é.jpg");
        Program program = Program.run(
                        Map.of("LC_ALL", "C"),
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName(),
                                dir.toString()))
                .ended(0);
        assertEquals(
                List.of("ANSI_X3.4-1968", "Müller/größe.jpg 1", "cat/1.jpg 1", "cat/é.jpg 1"),
                program.output()
                        .lines()
                        .filter(l -> !l.contains("WARN") && !l.startsWith("SLF4J"))
                        .toList());
    }

    /** Lists a folder and reads its pictures. */
    static final class Main {
        private Main() {}

        public static void main(String[] folder) throws IOException {
            StringBuilder text = new StringBuilder(System.getProperty("sun.jnu.encoding") + "\n");
            Listing listing = Layouts.list(folder[0], new Configuration());
            for (Entry e : listing.entries()) {
                text.append(e.name())
                        .append(' ')
                        .append(listing.source().read(e.name()).length)
                        .append('\n');
            }
            System.out.write(text.toString().getBytes(StandardCharsets.UTF_8));
            System.out.flush();
        }
    }

    @Test
    void aFileSystemWithoutItsLibraryIsOneLine() {
        for (String uri : List.of("s3a://bucket/pictures", "nothing://host/pictures", "a:b")) {
            JobException e = assertThrows(JobException.class, () -> Layouts.list(uri, new Configuration()));
            assertEquals(ExitStatus.INPUT, e.status());
            assertEquals(1, e.getMessage().lines().count());
            assertTrue(e.getMessage().contains(uri), e.getMessage());
        }
    }

    /** Looking a class up in a list for each picture would take hours here. */
    @Test
    void twentyThousandClassesAreListedInSeconds() {
        Storage wide = new Storage() {
            private static final long serialVersionUID = 1;

            @Override
            public List<Child> list(String folder, TaskCount seen) {
                List<Child> out = new ArrayList<>();
                for (int i = 0; i < (folder.isEmpty() ? 20_000 : 25); i++) {
                    out.add(Child.of(
                            (folder.isEmpty() ? "class" : "") + i + (folder.isEmpty() ? "" : ".jpg"),
                            folder.isEmpty()));
                }
                return out;
            }

            @Override
            public Object key(String folder) {
                return null;
            }

            @Override
            public boolean has(String name) {
                return false;
            }

            @Override
            public byte[] read(String name) {
                return CONTENT;
            }
        };
        Listing listing =
                assertTimeoutPreemptively(Duration.ofSeconds(60), () -> Layouts.list(new PictureFolder(wide)));
        assertEquals(20_000, listing.classes().size());
        assertEquals(500_000, listing.entries().size());
        for (Entry e : listing.entries()) {
            assertTrue(e.name().startsWith(listing.classes().get(e.label()) + "/"));
        }
    }
}
