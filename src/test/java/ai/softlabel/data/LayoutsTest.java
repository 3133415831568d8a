package ai.softlabel.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.Part;
import ai.softlabel.Rejection;
import ai.softlabel.TestFiles;
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
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayoutsTest {
    @TempDir
    Path dir;

    private void touch(String... names) throws IOException {
        for (String name : names) {
            Files.createDirectories(dir.resolve(name).getParent());
            Files.write(dir.resolve(name), new byte[] {1});
        }
    }

    private void text(String name, String text) throws IOException {
        Files.createDirectories(dir.resolve(name).getParent());
        Files.writeString(dir.resolve(name), text);
    }

    private Listing list() {
        return Layouts.list(dir.toString(), new Configuration());
    }

    private static Map<Part, List<Entry>> assign(Listing listing, Split split) {
        return split.assign(listing, 1, new ArrayList<>());
    }

    @Test
    void listingCountsTheNamesThatItSees() throws IOException {
        touch("a/1.jpg", "a/2.jpg", "b/3.jpg", "b/c/4.txt");
        List<Object> told = new ArrayList<>();
        Consumer<Object> listener = told::add;
        LiveChannel.listen(listener);
        try {
            list();
        } finally {
            LiveChannel.ignore(listener);
        }
        // Folders are names as well.
        assertEquals(new TaskCount.Message(Layouts.PROGRESS, 0, 7, false), told.get(told.size() - 1));
    }

    @Test
    void petsLayoutWithItsCorners() throws IOException {
        touch(
                "images/Big_Cat_1.jpg",
                "images/Big_Cat_2.jpg",
                "images/dog_1.jpg",
                "images/dog_9.jpg",
                "images/Big_Cat_2.mat",
                "images/.hidden.jpg",
                "images/dog_3.png");
        text("annotations/trainval.txt", "Big_Cat_1 2 1 1\ndog_1 5 2 1\ndog_7 5 2 1\n");
        text("annotations/test.txt", "Big_Cat_2 2 1 1\ndog_3 5 2 1\n");
        text(
                "annotations/list.txt",
                "#Image CLASS-ID SPECIES BREED ID\n# six\nBig_Cat_1 2 1 1\nBig_Cat_2 2 1 1\ndog_1 5 2 1\n");
        Listing listing = list();
        assertEquals(List.of("Big_Cat", "dog"), listing.classes());
        assertEquals(
                List.of(
                        "images/Big_Cat_1.jpg 0 TRAIN",
                        "images/Big_Cat_2.jpg 0 TEST",
                        "images/dog_1.jpg 1 TRAIN",
                        "images/dog_3.png 1 TEST"),
                listing.entries().stream()
                        .map(e -> e.name() + " " + e.label() + " " + e.official())
                        .sorted()
                        .toList());
        assertEquals(
                List.of(
                        new Rejection("images/dog_7.jpg", "named in annotations/trainval.txt but absent", true),
                        new Rejection("images/dog_9.jpg", "present but in no list", false)),
                listing.rejected());
    }

    @Test
    void testListAloneIsEnough() throws IOException {
        touch("images/a_1.jpg");
        text("annotations/test.txt", "a_1 1 1 1\n");
        assertEquals(1, assign(list(), new Split(0, 0)).get(Part.TEST).size());
    }

    @Test
    void mistakesInListsNameTheLine() throws IOException {
        touch("images/a_1.jpg");
        text("annotations/trainval.txt", "a_1 1 1 1\na_2 one 1 1\n");
        assertInput("line 2 of annotations/trainval.txt, found \"a_2 one 1 1\"");
        text("annotations/trainval.txt", "a_1 1 1 1\nb_2 1 1 1\n");
        assertInput("one class id for each breed");
        text("annotations/trainval.txt", "a_1 1 1 1\n");
        text("annotations/test.txt", "a_1 1 1 1\n");
        assertInput("found it in both");
        text("annotations/test.txt", "a_1 2 1 1\n");
        assertInput("found 1 in annotations/trainval.txt and 2 in annotations/test.txt");
    }

    @Test
    void folderPerClassWithAndWithoutParts() throws IOException {
        touch("rose/1.jpg", "rose/deep/2.JPEG", "daisy/3.png", "daisy/notes.txt");
        Listing flat = list();
        assertEquals(List.of("daisy", "rose"), flat.classes());
        assertEquals(
                List.of("daisy/3.png", "rose/1.jpg", "rose/deep/2.JPEG"),
                flat.entries().stream().map(Entry::name).toList());
        assertEquals(new Split(Split.DEFAULT_RANDOM, 0), Split.of(null, 0, flat));
        assertEquals(
                ExitStatus.OPTIONS,
                assertThrows(JobException.class, () -> Split.of(0.0, 0, flat)).status());
        for (String name : List.of("rose", "daisy")) {
            Files.createDirectories(dir.resolve("train"));
            Files.move(dir.resolve(name), dir.resolve("train").resolve(name));
        }
        touch("test/rose/9.jpg");
        Listing parted = list();
        assertEquals(new Split(0, 0), Split.of(null, 0, parted));
        assertEquals(3, assign(parted, new Split(0, 0)).get(Part.TRAIN).size());
        assertEquals(
                "test/rose/9.jpg",
                assign(parted, new Split(0, 0)).get(Part.TEST).get(0).name());
    }

    @Test
    void nothingToReadIsSaid() throws IOException {
        assertInput("no picture in either layout");
        assertTrue(assertThrows(JobException.class, () -> Layouts.list(dir + "/nowhere", new Configuration()))
                .getMessage()
                .contains("found nothing"));
        touch("file");
        assertTrue(assertThrows(JobException.class, () -> Layouts.list(dir + "/file", new Configuration()))
                .getMessage()
                .contains("found a file"));
    }

    private void assertInput(String quoted) {
        JobException e = assertThrows(JobException.class, this::list);
        assertEquals(ExitStatus.INPUT, e.status());
        assertTrue(e.getMessage().contains(quoted), e.getMessage());
    }

    @Test
    void splitsFollowFromTheSeedAndNothingElse() {
        Listing sample = Layouts.list(null, new Configuration());
        Map<Part, List<Entry>> a = new Split(0.2, 0.1).assign(sample, 7, new ArrayList<>());
        List<Entry> shuffled = new ArrayList<>(sample.entries());
        java.util.Collections.reverse(shuffled);
        Map<Part, List<Entry>> b = new Split(0.2, 0.1)
                .assign(new Listing(sample.classes(), shuffled, List.of(), sample.source()), 7, new ArrayList<>());
        assertEquals(a, b);
        assertEquals(Math.round(0.2 * sample.entries().size()), a.get(Part.TEST).size());
        assertEquals(
                sample.entries().size(),
                a.values().stream().mapToInt(List::size).sum());
        assertTrue(!a.equals(new Split(0.2, 0.1).assign(sample, 8, new ArrayList<>())));
    }

    @Test
    void validationIsStratified() {
        Map<Part, List<Entry>> parts = assign(Layouts.list(null, new Configuration()), new Split(0, 0.25));
        Map<Integer, Long> each = parts.get(Part.VALIDATION).stream()
                .collect(java.util.stream.Collectors.groupingBy(Entry::label, java.util.stream.Collectors.counting()));
        assertEquals(37, each.size());
        assertTrue(each.values().stream().allMatch(n -> n == 6));
    }

    @Test
    void theRealPets() {
        Listing pets = Layouts.list(TestFiles.shared("pets").toString(), new Configuration());
        assertEquals(37, pets.classes().size());
        assertEquals("Abyssinian", pets.classes().get(0));
        Map<Part, List<Entry>> parts = assign(pets, Split.of(null, 0, pets));
        assertEquals(3680, parts.get(Part.TRAIN).size());
        assertEquals(1837, parts.get(Part.TEST).size());
        assertEquals(41, pets.rejected().size());
        assertTrue(pets.rejected().stream().noneMatch(Rejection::counts));
    }

    @Test
    void foldsKeepNeighboursTogetherWhereTheDataHasListsOfItsOwn() {
        List<Entry> entries = new ArrayList<>();
        for (int i = 1; i <= 30; i++) {
            entries.add(new Entry("images/beagle_" + i + ".jpg", 0, Official.TRAIN));
            entries.add(new Entry("images/pug_" + i + ".jpg", 1, i > 20 ? Official.TEST : Official.TRAIN));
        }
        Listing listing = new Listing(List.of("beagle", "pug"), entries, List.of(), null);
        Map<String, Integer> official = TestFolds.of(new Split(0, 0), listing, 1, 10);
        assertEquals(50, official.size());
        for (int i = 1; i <= 30; i++) {
            assertEquals((i - 1) / 3, official.get("images/beagle_" + i + ".jpg"));
            assertEquals(i > 20 ? null : (i - 1) / 2, official.get("images/pug_" + i + ".jpg"));
        }
        // Drawn at random, folds are too: no run of neighbours, each class spread evenly.
        Map<String, Integer> random = TestFolds.of(new Split(0.2, 0), listing, 1, 4);
        assertEquals(48, random.size());
        assertNotEquals(official, random);
        List<Long> sizes =
                random.values().stream().collect(Collectors.groupingBy(f -> f, Collectors.counting())).values().stream()
                        .toList();
        assertEquals(4, sizes.size());
        assertTrue(sizes.stream().allMatch(n -> n >= 11 && n <= 14), sizes.toString());
        List<String> beagles = random.keySet().stream()
                .filter(n -> n.contains("beagle_"))
                .sorted()
                .toList();
        long changes = IntStream.range(1, beagles.size())
                .filter(i -> !random.get(beagles.get(i)).equals(random.get(beagles.get(i - 1))))
                .count();
        assertTrue(changes > 8, "folds change " + changes + " times");
    }
}
