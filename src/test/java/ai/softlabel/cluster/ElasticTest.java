package ai.softlabel.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import ai.softlabel.Program;
import ai.softlabel.TestSpark;
import ai.softlabel.command.train.TrainJob;
import ai.softlabel.command.train.TrainSettings;
import ai.softlabel.data.SampleFiles;
import ai.softlabel.data.Storing;
import ai.softlabel.pipeline.ConsoleProgress;
import ai.softlabel.pipeline.Session;
import ai.softlabel.pipeline.TrainingSetup;
import ai.softlabel.spark.Cluster;
import ai.softlabel.spark.LiveChannel;
import ai.softlabel.train.Hyperparameters;
import ai.softlabel.train.Progress;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaRDD;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run goes on with the executors that are left, spreads again when there are more, and hears of an executor's end
 * before it comes: on a standalone master, against the weights of an undisturbed run.
 */
@Tag("spark")
@Tag("long")
class ElasticTest {
    private static final List<String> OWN = List.of("spark.executor.memory", "spark.executor.instances");

    @TempDir
    static Path pets;

    @TempDir
    Path dir;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final AtomicInteger happened = new AtomicInteger();

    /** What happens to the cluster. */
    @FunctionalInterface
    private interface Event {
        void happen() throws Exception;
    }

    @BeforeAll
    static void sample() throws IOException {
        SampleFiles.pets(pets, 16, 20, 1);
        TestSpark.set();
        System.setProperty("spark.executor.memory", "1g");
        System.setProperty("spark.executor.instances", "2");
    }

    @AfterAll
    static void clear() {
        TestSpark.clear();
        OWN.forEach(System::clearProperty);
    }

    /** Three epochs of about 20 steps. */
    private static Hyperparameters.Builder hyperparameters() {
        return Hyperparameters.builder().imageSize(64).batchSize(16).epochs(3);
    }

    /** Over two replicas; windows of a MB hold a third of a replica's 160 pictures. */
    private TrainSettings settings(String out, boolean blocks) {
        return settings(out, blocks, hyperparameters(), 120);
    }

    private TrainSettings settings(String out, boolean blocks, Hyperparameters.Builder recipe, double timeout) {
        return settings(out, blocks, recipe, timeout, 3);
    }

    /** @param wait seconds for another executor */
    private TrainSettings settings(
            String out, boolean blocks, Hyperparameters.Builder recipe, double timeout, double wait) {
        TrainingSetup setup = TrainingSetup.builder()
                .data(pets.toString())
                .replicas(2)
                .hyperparameters(recipe.build())
                .stepTimeout(timeout)
                .waitForExecutors(wait)
                .storing(blocks ? new Storing(Storing.Form.ENCODED, 1) : Storing.standard())
                .build();
        return TrainSettings.builder(setup, dir.resolve(out).toString()).build();
    }

    private void alone(TrainSettings settings) throws IOException {
        train(settings, "local[2]", message -> {}, (session, line) -> {});
    }

    /**
     * Trains.
     *
     * @param listener gets what the executors send
     * @param after gets each epoch's line
     */
    private void train(
            TrainSettings settings, String master, Consumer<Object> listener, BiConsumer<Session, JsonNode> after)
            throws IOException {
        LiveChannel.listen(listener);
        try (Session session = Session.start("train", master);
                ConsoleProgress console =
                        new ConsoleProgress(new PrintStream(said, true, StandardCharsets.UTF_8), false)) {
            session.cluster();
            new TrainJob(settings, session, console, line -> after.accept(session, line)).run();
        } finally {
            LiveChannel.ignore(listener);
        }
    }

    /** In the middle of an epoch, counted from 1, once. */
    private Consumer<Object> inEpoch(int epoch, Event event) {
        AtomicInteger begun = new AtomicInteger();
        return message -> {
            if (message instanceof Progress p && p.epoch() == epoch - 1 && begun.getAndIncrement() == 0) {
                quietly(event);
                happened.incrementAndGet();
            }
        };
    }

    private static void quietly(Event event) {
        try {
            event.happen();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void awaitSlots(Session session, int slots) throws InterruptedException {
        for (int i = 0; i < 600 && Cluster.slots(session.spark()) < slots; i++) {
            Thread.sleep(100);
        }
        assertEquals(slots, Cluster.slots(session.spark()));
    }

    /** In how many partitions the training pictures are stored. */
    private static int partitions(Session session) {
        return session.spark().getPersistentRDDs().values().stream()
                .filter(r -> r.name() != null
                        && r.name().startsWith("train pictures")
                        && !r.name().endsWith("digests"))
                .mapToInt(JavaRDD::getNumPartitions)
                .sum();
    }

    private void same(String one, String other) throws IOException {
        assertArrayEquals(
                Files.readAllBytes(dir.resolve(one).resolve("model.safetensors")),
                Files.readAllBytes(dir.resolve(other).resolve("model.safetensors")),
                said.toString(StandardCharsets.UTF_8));
    }

    private Standalone cluster() throws IOException, InterruptedException {
        return new Standalone(Files.createDirectory(dir.resolve("daemons")), 2, "2g");
    }

    /** Gives in how many partitions the pictures were stored. */
    private int goesOnWithOneWorkerAndSpreadsAgain(boolean blocks) throws Exception {
        alone(settings("one", blocks));
        AtomicInteger stored = new AtomicInteger();
        try (Standalone cluster = cluster()) {
            train(
                    settings("two", blocks),
                    cluster.master(),
                    inEpoch(2, () -> cluster.killWorker(0)),
                    (session, line) -> {
                        if (line.get("epoch").asInt() == 1) {
                            stored.set(partitions(session));
                        } else if (line.get("epoch").asInt() == 2) {
                            quietly(() -> {
                                cluster.addWorker();
                                awaitSlots(session, 2);
                            });
                        }
                    });
        }
        assertEquals(1, happened.get());
        List<Long> sent = TestSpark.sent(dir.resolve("two"));
        assertTrue(sent.get(0) > 0 && sent.get(2) > 0, sent.toString());
        // Both replicas ran on the executor that was left.
        assertEquals(0, sent.get(1), sent.toString());
        same("one", "two");
        return stored.get();
    }

    @Test
    void aRunGoesOnWithTheExecutorsThatAreLeft() throws Exception {
        assertEquals(2, goesOnWithOneWorkerAndSpreadsAgain(false));
    }

    @Test
    void soItDoesWhereThePicturesLieInBlocks() throws Exception {
        int blocks = goesOnWithOneWorkerAndSpreadsAgain(true);
        assertTrue(blocks > 2, blocks + " partitions");
    }

    /**
     * Pictures that were rejected put a shuffle behind the others. It is lost with the executor that was left, in the
     * middle of a stage that reads what the shuffle gave.
     */
    @Test
    void aLossAmongThoseThatAreLeftIsMadeUpForAsWell() throws Exception {
        String name = Files.readAllLines(pets.resolve("annotations/trainval.txt")).stream()
                .filter(l -> !l.startsWith("#"))
                .findFirst()
                .orElseThrow()
                .split(" ")[0];
        Path broken = pets.resolve("images").resolve(name + ".jpg");
        byte[] kept = Files.readAllBytes(broken);
        Files.writeString(broken, "no picture");
        try (Standalone cluster = cluster()) {
            alone(settings("one", false));
            Consumer<Object> first = inEpoch(2, () -> cluster.killWorker(0));
            // Its worker starts another one.
            Consumer<Object> second =
                    inEpoch(3, () -> cluster.executors().get(0).destroyForcibly());
            train(settings("two", false), cluster.master(), first.andThen(second), (session, line) -> {});
        } finally {
            Files.write(broken, kept);
        }
        assertEquals(2, happened.get(), said.toString(StandardCharsets.UTF_8));
        assertEquals(1, Files.readAllLines(dir.resolve("two/rejected.jsonl")).size());
        List<Long> sent = TestSpark.sent(dir.resolve("two"));
        assertTrue(sent.get(0) > 0 && sent.get(1) == 0 && sent.get(2) == 0, sent.toString());
        same("one", "two");
    }

    @Test
    void anExecutorThatIsToldToEndLeavesACheckpoint() throws Exception {
        alone(settings("one", false));
        try (Standalone cluster = cluster()) {
            train(
                    settings("two", false),
                    cluster.master(),
                    inEpoch(2, () -> cluster.executors().get(0).destroy()),
                    (session, line) -> {});
        }
        anEndWasTold();
        same("one", "two");
    }

    private void anEndWasTold() {
        String text = said.toString(StandardCharsets.UTF_8);
        assertTrue(
                text.lines()
                        .anyMatch(
                                l -> l.matches(
                                        "executor \\d+ on \\S+ is about to end: a checkpoint was written after step \\d+ of epoch 2")),
                text);
    }

    /**
     * Its executor asks the driver once a second, so that an epoch has to take several.
     *
     * @param keys settings, all true
     * @param wait seconds for another executor
     */
    private void decommissions(List<String> keys, double wait) throws Exception {
        alone(settings("one", false, hyperparameters().imageSize(128), 120));
        keys.forEach(k -> System.setProperty(k, "true"));
        try (Standalone cluster = cluster()) {
            Consumer<Object> told = inEpoch(2, () -> {
                long pid = cluster.executors().get(0).pid();
                Program.run("kill", "-PWR", String.valueOf(pid)).ended(0);
            });
            TrainSettings settings = settings("two", false, hyperparameters().imageSize(128), 120, wait);
            train(settings, cluster.master(), told, (session, line) -> {});
        } finally {
            keys.forEach(System::clearProperty);
        }
        anEndWasTold();
        same("one", "two");
    }

    /** It ends at once, its worker starts another one, and the two go on within the epoch. */
    @Test
    void anExecutorThatIsDecommissionedLeavesACheckpoint() throws Exception {
        decommissions(List.of("spark.decommission.enabled"), 60);
        List<Long> sent = TestSpark.sent(dir.resolve("two"));
        assertEquals(sent.get(0), sent.get(1), sent.toString());
    }

    /** As on Kubernetes: it stays for a while, stores nothing, and the other one goes on alone. */
    @Test
    void soDoesOneThatGivesItsPicturesToTheOther() throws Exception {
        decommissions(
                List.of(
                        "spark.decommission.enabled",
                        "spark.storage.decommission.enabled",
                        "spark.storage.decommission.rddBlocks.enabled"),
                3);
    }

    /** What is left computes the features again that were lost, and reads those of both replicas. */
    @Test
    void frozenEpochsGoOnWithTheExecutorsThatAreLeft() throws Exception {
        alone(settings("one", false, hyperparameters().frozenEpochs(2), 120));
        try (Standalone cluster = cluster()) {
            train(
                    settings("two", false, hyperparameters().frozenEpochs(2), 120),
                    cluster.master(),
                    message -> {},
                    (session, line) -> {
                        if (line.get("epoch").asInt() == 1) {
                            quietly(() -> cluster.killWorker(0));
                        }
                    });
        }
        List<Long> sent = TestSpark.sent(dir.resolve("two"));
        assertTrue(sent.get(0) > 0 && sent.get(1) == 0 && sent.get(2) == 0, sent.toString());
        same("one", "two");
    }

    @Test
    void withoutAnyExecutorTheRunEnds() throws Exception {
        try (Standalone cluster = cluster()) {
            Consumer<Object> killed = inEpoch(2, () -> {
                cluster.killWorker(0);
                cluster.killWorker(1);
            });
            TrainSettings settings = settings("two", false, hyperparameters(), 15);
            JobException e = assertThrows(
                    JobException.class, () -> train(settings, cluster.master(), killed, (session, line) -> {}));
            assertEquals(ExitStatus.TRAINING, e.status());
            assertTrue(
                    e.getMessage().contains(" found 0 for ") && e.getMessage().contains("--resume"), e.getMessage());
        }
        assertEquals(1, happened.get());
        assertEquals(1, Files.readAllLines(dir.resolve("two/epochs.jsonl")).size());
    }
}
