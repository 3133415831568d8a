package ai.softlabel.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.Example;
import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.Part;
import ai.softlabel.Pixels;
import ai.softlabel.Sha256;
import ai.softlabel.TestFiles;
import ai.softlabel.data.Listing.Entry;
import ai.softlabel.data.Listing.Official;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoaderTest {
    private static final List<Entry> ENTRIES = IntStream.range(0, 10)
            .mapToObj(i -> new Entry("p" + i, i % 2, Official.NONE))
            .toList();

    private static JavaSparkContext spark;

    /** What reading a picture does, for those that are not just read; local tasks share it. */
    private static final Map<String, Flaw> FLAWS = new ConcurrentHashMap<>();

    private static final Map<String, Integer> ATTEMPTS = new ConcurrentHashMap<>();

    private interface Flaw {
        byte[] read(int attempt) throws IOException;
    }

    private static final class Flawed implements Source {
        private static final long serialVersionUID = 1;

        @Override
        public byte[] read(String name) throws IOException {
            Flaw flaw = FLAWS.get(name);
            int attempt = ATTEMPTS.merge(name, 1, Integer::sum);
            return flaw == null ? TestFiles.bytes("pictures/plain.png") : flaw.read(attempt);
        }

        @Override
        public String where() {
            return "flawed://store/data";
        }
    }

    @BeforeAll
    static void start() {
        spark = new JavaSparkContext(new SparkConf()
                .setMaster("local[2]")
                .setAppName("loader")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1"));
    }

    @AfterAll
    static void stop() {
        spark.close();
    }

    @BeforeEach
    void clear() {
        FLAWS.clear();
        ATTEMPTS.clear();
    }

    private static Loader.Loaded load() {
        return new Loader(spark, new Flawed(), Preparation.full(64)).load(Part.TRAIN, ENTRIES, new Shards(4, 2));
    }

    @Test
    void whatAWindowCanNotHoldLiesInBlocks() {
        List<Entry> many = IntStream.range(0, 240)
                .mapToObj(i -> new Entry("p" + i, i % 2, Official.NONE))
                .toList();
        FLAWS.put("p3", attempt -> new byte[0]);
        FLAWS.put("p7", attempt -> new byte[0]);
        for (Storing.Form form : List.of(Storing.Form.DECODED, Storing.Form.ENCODED)) {
            // A window of 1 MiB holds 49 pictures stored at 73 pixels.
            Loader.Loaded loaded = new Loader(
                            spark, new Flawed(), Preparations.of(Preparation.full(64)), new Storing(form, 1))
                    .load(Part.TRAIN, many, new Shards(2, 2));
            Blocking blocking = loaded.blocking();
            assertEquals(49, blocking.perWindow() * blocking.perBlock());
            assertEquals(240, loaded.examples().getNumPartitions());
            assertEquals(238, loaded.count());
            // Both rejected ones were of replica 1.
            assertEquals(2 * 118, loaded.even());
            List<Integer> ranks = loaded.examples().map(Example::rank).collect();
            List<Integer> expected = IntStream.range(0, 240)
                    .map(i -> i < 120 ? 2 * i : 2 * (i - 120) + 1)
                    .filter(r -> r != 3 && r != 7)
                    .boxed()
                    .toList();
            assertEquals(expected, ranks);
            int read = ATTEMPTS.get("p11");
            dropStoredPictures();
            assertEquals(expected, loaded.examples().map(Example::rank).collect());
            assertEquals(read + 1, ATTEMPTS.get("p11"));
        }
    }

    @Test
    void theFingerprintIsThatOfTheSortedLines() {
        String sha = Sha256.of(TestFiles.bytes("pictures/plain.png"));
        List<Entry> names = java.util.stream.Stream.of("a", "a b", "a-", "b", "\u00e9", "a 1", "aa")
                .map(name -> new Entry(name, name.length(), Official.NONE))
                .toList();
        Loader.Loaded one = new Loader(spark, new Flawed(), Preparation.full(64))
                .load(Part.TRAIN, names.subList(0, 4), new Shards(2, 2));
        Loader.Loaded two = new Loader(spark, new Flawed(), Preparation.full(64))
                .load(Part.TEST, names.subList(4, 7), new Shards(2, 2));
        String lines = String.join(
                "\n",
                names.stream()
                        .map(e -> e.name() + " " + e.label() + " " + sha)
                        .sorted()
                        .toList());
        assertEquals(Sha256.of(lines), Digests.fingerprint(List.of(one.digests(), two.digests())));
    }

    /** As when the executors that hold them are lost. */
    private static void dropStoredPictures() {
        spark.getPersistentRDDs().values().forEach(rdd -> rdd.unpersist(true));
    }

    private static List<String> ranks(Loader.Loaded loaded) {
        return loaded.examples()
                .map((Example e) -> e.rank() + " " + e.name() + " " + e.label())
                .collect();
    }

    private static void assertLine(JobException e, ExitStatus status, String... quoted) {
        assertEquals(status, e.status(), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
        for (String part : quoted) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
    }

    @Test
    void aFailureOfAMomentIsTriedAgain() {
        FLAWS.put("p3", attempt -> {
            if (attempt < 3) {
                throw new IOException("connection reset");
            }
            return TestFiles.bytes("pictures/plain.jpg");
        });
        Loader.Loaded loaded = load();
        assertEquals(10, loaded.count());
        assertEquals(List.of(), loaded.rejected());
        assertEquals(3, ATTEMPTS.get("p3"));
    }

    @Test
    void aFailureThatStaysNamesTheFileSystem() {
        FLAWS.put("p3", attempt -> {
            throw new IOException("connection reset\nby peer");
        });
        JobException e = assertThrows(JobException.class, LoaderTest::load);
        assertLine(e, ExitStatus.INPUT, "p3 below flawed://store/data", "(connection reset) in 4 attempts");
        assertEquals(4, ATTEMPTS.get("p3"));
        assertNull(spark.getLocalProperty("spark.job.description"));
    }

    @Test
    void aFileThatIsGoneIsNotTriedAgain() {
        FLAWS.put("p3", attempt -> {
            throw new FileNotFoundException("p3 is not there");
        });
        assertLine(assertThrows(JobException.class, LoaderTest::load), ExitStatus.INPUT, "p3", "in 1 attempt;");
        assertEquals(1, ATTEMPTS.get("p3"));
    }

    @Test
    void aFullHeapIsNotThePicturesFault() {
        FLAWS.put("p3", attempt -> {
            throw new OutOfMemoryError("Java heap space");
        });
        assertLine(
                assertThrows(JobException.class, LoaderTest::load),
                ExitStatus.TRAINING,
                "expected room to decode p3",
                "spark.executor.memory");
    }

    @Test
    void picturesThatAreReadAgainAreTheSame() {
        Loader.Loaded loaded = load();
        List<String> first = ranks(loaded);
        int read = ATTEMPTS.get("p3");
        dropStoredPictures();
        assertEquals(first, ranks(loaded));
        assertEquals(read + 1, ATTEMPTS.get("p3"));
    }

    @Test
    void otherContentIsAnErrorWhenItIsReadAgain() {
        Loader.Loaded loaded = load();
        dropStoredPictures();
        FLAWS.put("p3", attempt -> TestFiles.bytes("pictures/plain.bmp"));
        Exception e = assertThrows(Exception.class, () -> ranks(loaded));
        assertLine(cause(e), ExitStatus.INPUT, "expected p3 to be what it was", "other content");
    }

    @Test
    void soItIsWhereDigestsAreComputedAgain() {
        Loader.Loaded loaded = load();
        Map<String, String> first = loaded.digests().byName();
        assertEquals(10, first.size());
        dropStoredPictures();
        assertEquals(first, loaded.digests().byName());
        FLAWS.put("p3", attempt -> TestFiles.bytes("pictures/plain.bmp"));
        assertLine(
                cause(assertThrows(Exception.class, () -> loaded.digests().byName())),
                ExitStatus.INPUT,
                "expected the train pictures to be what they were");
    }

    @Test
    void aPictureThatIsRejectedOnlyTheSecondTimeIsAnError() {
        Loader.Loaded loaded = load();
        dropStoredPictures();
        FLAWS.put("p3", attempt -> new byte[0]);
        assertLine(cause(assertThrows(Exception.class, () -> ranks(loaded))), ExitStatus.INPUT, "p3", "is empty");
    }

    @Test
    void aRejectedPictureThatIsFineTheSecondTimeIsAnErrorToo() {
        FLAWS.put("p3", attempt -> new byte[0]);
        Loader.Loaded loaded = load();
        assertEquals("the file is empty", loaded.rejected().get(0).reason());
        assertEquals(9, loaded.count());
        // Replica by replica: ranks without gaps, in the order of the names that are left.
        List<String> left = ENTRIES.stream()
                .filter(x -> !x.name().equals("p3"))
                .map(x -> x.name() + " " + x.label())
                .toList();
        assertEquals(
                IntStream.of(0, 1, 4, 5, 8, 2, 3, 6, 7)
                        .mapToObj(r -> r + " " + left.get(r))
                        .toList(),
                ranks(loaded));
        dropStoredPictures();
        List<String> again = ranks(loaded);
        assertEquals(9, again.size());
        FLAWS.clear();
        // Spark keeps what it shuffled; a new shuffle reads the files.
        JobException e = cause(assertThrows(Exception.class, () -> reread(loaded)));
        assertLine(e, ExitStatus.INPUT, "expected p3 to be what it was");
    }

    private static Loader.Loaded stored(int side, Storing.Form form) {
        Preparations own = new Preparations(Preparation.full(64), new Preparation(64, side, Decoding.FULL));
        return new Loader(spark, new Flawed(), own, new Storing(form, 1)).load(Part.TRAIN, ENTRIES, new Shards(4, 2));
    }

    @Test
    void whateverSizeIsStoredScoringSeesItsOwn() throws Undecodable {
        byte[] file = TestFiles.bytes("pictures/plain.png");
        Pixels scored = Decoder.decode(file, Preparation.full(64));
        FLAWS.put("p4", attempt -> new byte[0]);
        for (Storing.Form form : List.of(Storing.Form.DECODED, Storing.Form.ENCODED)) {
            for (int side : new int[] {64, 96}) {
                Loader.Loaded loaded = stored(side, form);
                Pixels crops = Decoder.decode(file, new Preparation(64, side, Decoding.FULL));
                assertEquals(side, Math.min(crops.width(), crops.height()));
                assertEquals(
                        ranks(loaded),
                        loaded.stored()
                                .map(s -> s.rank() + " " + s.name() + " " + s.label())
                                .collect());
                List<Example> all = loaded.examples().collect();
                assertEquals(9, all.size());
                for (Example e : all) {
                    assertArrayEquals(crops.rgb(), e.pixels().rgb());
                    assertArrayEquals(scored.rgb(), e.scored().rgb());
                }
            }
        }
        // Of other parts nothing is stored for crops; of training pictures stored for scoring nothing is read twice.
        Preparations own = new Preparations(Preparation.full(64), new Preparation(64, 96, Decoding.FULL));
        Example tested = new Loader(spark, new Flawed(), own, Storing.standard())
                .load(Part.TEST, ENTRIES, new Shards(4, 2))
                .examples()
                .first();
        assertArrayEquals(scored.rgb(), tested.pixels().rgb());
        assertArrayEquals(scored.rgb(), tested.scored().rgb());
    }

    @Test
    void blocksFollowTheSizeThatIsStored() {
        List<Entry> many = IntStream.range(0, 60)
                .mapToObj(i -> new Entry("p" + i, i % 2, Official.NONE))
                .toList();
        for (int side : new int[] {73, 96}) {
            Preparations own = new Preparations(Preparation.full(64), new Preparation(64, side, Decoding.FULL));
            Loader.Loaded loaded = new Loader(spark, new Flawed(), own, new Storing(Storing.Form.ENCODED, 1))
                    .load(Part.TRAIN, many, new Shards(1, 1));
            // A window of 1 MiB holds 49 or 28 pictures.
            assertEquals(
                    (1 << 20) / (4 * side * side),
                    loaded.blocking().perWindow() * loaded.blocking().perBlock());
        }
    }

    @Test
    void aTrainingPictureThatIsAnotherWhenItIsScoredIsAnError() {
        Loader.Loaded loaded = stored(96, Storing.Form.DECODED);
        FLAWS.put("p3", attempt -> TestFiles.bytes("pictures/plain.bmp"));
        assertLine(
                cause(assertThrows(Exception.class, () -> ranks(loaded))),
                ExitStatus.INPUT,
                "expected p3 to be what it was",
                "other content");
        FLAWS.put("p3", attempt -> new byte[0]);
        assertLine(cause(assertThrows(Exception.class, () -> ranks(loaded))), ExitStatus.INPUT, "p3", "is empty");
    }

    /** Computes the pictures before they were spread, as Spark does where a host with their shuffle files is lost. */
    private static void reread(Loader.Loaded loaded) {
        org.apache.spark.rdd.RDD<?> rdd = loaded.examples().rdd();
        while (!rdd.dependencies().isEmpty()
                && !(rdd.dependencies().head() instanceof org.apache.spark.ShuffleDependency)) {
            rdd = rdd.dependencies().head().rdd();
        }
        rdd.dependencies().head().rdd().count();
    }

    private static JobException cause(Throwable e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof JobException ours) {
                return ours;
            }
        }
        throw new AssertionError("no line of ours", e);
    }
}
