package ai.softlabel.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Part;
import ai.softlabel.Rejection;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Listing.Official;
import ai.softlabel.data.PackedFile.Row;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The parts that tasks make are those that the driver would, and so is what is learnt of their pictures. */
class CheckedPicturesTest {
    private static SparkSession session;
    private static JavaSparkContext spark;

    @TempDir
    Path dir;

    @BeforeAll
    static void start() {
        session = SparkSession.builder()
                .master("local[2]")
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "127.0.0.1")
                // The names of the longest test are more than that.
                .config("spark.driver.maxResultSize", "300k")
                .getOrCreate();
        spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    }

    @AfterAll
    static void stop() {
        session.stop();
    }

    /** Of three classes, some in groups, some of which have pictures of two classes; neighbours of one number. */
    private static List<Outcome> outcomes() {
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < 240; i++) {
            String label = List.of("a", "b", "c").get(i % 7 % 3);
            String group = i % 5 == 0 ? "group " + i / 20 : i % 11 == 0 ? "lone " + i : null;
            String name = label + "/" + (i % 4 == 0 ? "0" : "") + i / 2 + (i % 2 == 0 ? ".jpg" : ".png");
            Official part = i % 9 == 0
                    ? Official.NONE
                    : List.of(Official.TRAIN, Official.TEST, Official.TRAIN, Official.VALIDATION)
                            .get(i % 4);
            outcomes.add(Outcome.of(i % 7 % 3, new Row(name, label, part.name(), 1, group)));
        }
        return outcomes;
    }

    private static Labelling labelling(Lister lister) {
        return new Labelling(List.of("a", "b", "c"), lister.of(outcomes()), null, false, new Order(true), null);
    }

    private static void assertSameParts(Split split, LabelledNames names) {
        Listing listing = labelling(new DriverLister()).listing();
        List<Rejection> rejected = new ArrayList<>();
        Map<Part, List<Entry>> expected = split.assign(listing, 3, rejected);
        SpreadSplit spread = new SpreadSplit(split, 3, names, 5);
        spread.parts()
                .forEach((part, pictures) -> assertEquals(
                        expected.get(part).stream().map(Entry::name).sorted().toList(),
                        pictures.map(Outcome::name).collect().stream().sorted().toList(),
                        split + " " + part));
        assertEquals(
                rejected.stream().map(Rejection::path).sorted().toList(),
                spread.leftOut().map(Rejection::path).collect().stream()
                        .sorted()
                        .toList());
    }

    @Test
    void partsAreThoseOfTheDriver() {
        try (TaskLister lister = new TaskLister(spark)) {
            Labelling labelling = labelling(lister);
            LabelledNames names = new LabelledNames(labelling, labelling.counted(), lister);
            for (Split.Way way : Split.Way.values()) {
                assertSameParts(new Split(way, 0.3, new HeldOut(0.2, false)), names);
            }
            assertSameParts(new Split(Split.Way.RANDOM, 0.3, new HeldOut(0.2, true)), names);
            assertSameParts(new Split(Split.Way.STRATIFIED, 0.3, HeldOut.NAMED), names);
            assertSameParts(new Split(Split.Way.RANDOM, 0, new HeldOut(0.25, false)), names);
            assertSameParts(new Split(Split.Way.RANDOM, 0, new HeldOut(0.3, true)), names);
            assertSameParts(new Split(Split.Way.RANDOM, 0, HeldOut.NONE), names);
        }
    }

    @Test
    void theDriverNeverHasTheNames() throws IOException {
        ByteArrayOutputStream picture = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", picture);
        String folder = "a long name of a class, ".repeat(10);
        Files.createDirectories(dir.resolve(folder));
        for (int i = 0; i < 2000; i++) {
            Files.write(dir.resolve(folder).resolve(i + ".png"), i == 7 ? new byte[1] : picture.toByteArray());
        }
        Split split = new Split(0.2, 0.1);
        try (LabelledNames names = Layouts.labelledNames(dir.toString(), LabelSource.LAYOUT, session);
                CheckedPictures pictures = new CheckedPictures(names, split, 1, 64, 2)) {
            Map<Part, Long> counts = new TreeMap<>();
            pictures.read().forEach((part, of) -> counts.put(part, of.get(0)));
            assertEquals(
                    1999, counts.values().stream().mapToLong(Long::longValue).sum());
            // One of them can't be used.
            assertTrue(List.of(399L, 400L).contains(counts.get(Part.TEST)), counts.toString());
            assertTrue(List.of(159L, 160L).contains(counts.get(Part.VALIDATION)), counts.toString());
            assertEquals(1, pictures.rejected());
            assertEquals(folder + "/7.png", pictures.example().path());
            assertEquals(1, pictures.rejections().count());
            pictures.requireSame();
            Exception tooMany =
                    assertThrows(Exception.class, () -> pictures.used().collect());
            assertTrue(
                    tooMany instanceof SparkException && tooMany.getMessage().contains("maxResultSize"),
                    tooMany.getMessage());
        }
        assertTrue(spark.getPersistentRDDs().isEmpty());
    }
}
