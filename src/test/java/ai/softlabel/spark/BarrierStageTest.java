package ai.softlabel.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.ExitStatus;
import ai.softlabel.JobException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.BlockSavedOnDecommissionedBlockManagerException;
import org.apache.spark.storage.TaskResultBlockId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How a stage's failure comes back: as what was thrown, not as words. */
@Tag("spark")
class BarrierStageTest {
    private static final AtomicInteger COMPUTED = new AtomicInteger();
    private static final AtomicInteger STORED = new AtomicInteger();

    private static JavaSparkContext spark;

    @BeforeAll
    static void start() {
        spark = new JavaSparkContext(
                new SparkConf().setMaster("local[2]").setAppName("stages").set("spark.ui.enabled", "false"));
    }

    @AfterAll
    static void stop() {
        spark.close();
    }

    private static List<String> run(BarrierStage.Task<Integer, String> task) throws Exception {
        return BarrierStage.run(spark.parallelize(List.of(1, 2), 2), String.class, task, BarrierStage.Patience.of(20));
    }

    /** Nothing is computed for a stage that does not begin. */
    @Test
    void aStageWaitsForItsSlotsBeforeItsDataIsMade() {
        AtomicBoolean made = new AtomicBoolean();
        TooFewSlots e = assertThrows(
                TooFewSlots.class,
                () -> BarrierStage.<Integer, String>run(
                        spark,
                        3,
                        () -> {
                            made.set(true);
                            return new BarrierStage.Input<>(spark.parallelize(List.of(1, 2, 3), 3), null);
                        },
                        String.class,
                        (partition, context) -> "",
                        new BarrierStage.Patience(600, 0.1)));
        assertEquals(2, e.slots());
        assertFalse(made.get());
        JobException told = e.told("add a worker");
        assertEquals(ExitStatus.TRAINING, told.status());
        assertTrue(
                told.getMessage().startsWith("expected 3 task slots, ")
                        && told.getMessage().contains(" found 2 for ")
                        && told.getMessage().endsWith("; add a worker"),
                told.getMessage());
    }

    private static List<String> after(JavaRDD<?> first, BarrierStage.Task<Integer, String> task) throws Exception {
        return BarrierStage.run(
                spark,
                2,
                () -> new BarrierStage.Input<>(spark.parallelize(List.of(1, 2), 2), first),
                String.class,
                task,
                BarrierStage.Patience.of(20));
    }

    @Test
    void whatAStageNeedsIsComputedBeforeItsTasksBegin() throws Exception {
        JavaRDD<Integer> first = spark.parallelize(List.of(1, 2, 3), 3).map(i -> COMPUTED.incrementAndGet());
        assertEquals(List.of("3", "3"), after(first, (partition, context) -> String.valueOf(COMPUTED.get())));
    }

    @Test
    void whatIsComputedFirstFailsAsTheStageItself() {
        JavaRDD<?> first = spark.parallelize(List.of(7), 1).map(i -> {
            throw JobException.input("expected a picture, found %d", i);
        });
        JobException e = assertThrows(JobException.class, () -> after(first, (partition, context) -> ""));
        assertEquals("expected a picture, found 7", e.getMessage());
    }

    /** What Spark throws on an executor that is decommissioned, where it was to keep something. */
    @Test
    void anExecutorThatStoresNothingIsTakenForLost() throws Exception {
        JavaRDD<Integer> first = spark.parallelize(List.of(1), 1).map(i -> {
            if (STORED.incrementAndGet() == 1) {
                throw new BlockSavedOnDecommissionedBlockManagerException(new TaskResultBlockId(1));
            }
            return i;
        });
        assertEquals(List.of("0", "1"), after(first, (partition, context) -> String.valueOf(context.partition())));
        assertEquals(2, STORED.get());
    }

    @Test
    void aStageFailsAsItselfAfterWhatIsComputedFirst() {
        JavaRDD<?> first = spark.parallelize(List.of(1), 1);
        TaskFailure e = assertThrows(
                TaskFailure.class,
                () -> after(first, (partition, context) -> {
                    throw new IllegalArgumentException("no size");
                }));
        assertEquals("IllegalArgumentException: no size", e.getMessage());
    }

    @Test
    void aStagesNameIsItsTasksOnly() throws Exception {
        List<String> names = run((partition, context) -> context.name());
        assertEquals(names.get(0), names.get(1));
        assertTrue(names.get(0).length() > 30, names.get(0));
        assertNotEquals(
                names.get(0), run((partition, context) -> context.name()).get(0));
    }

    @Test
    void whatATaskOfOursThrowsComesBackAsItIs() {
        JobException e = assertThrows(
                JobException.class,
                () -> run((partition, context) -> {
                    if (context.partition() == 1) {
                        throw JobException.input("expected a picture, found %d", 7);
                    }
                    return "";
                }));
        assertEquals(ExitStatus.INPUT, e.status());
        assertEquals("expected a picture, found 7", e.getMessage());
    }

    @Test
    void alsoWhereItIsAnothersCause() {
        JobException e = assertThrows(
                JobException.class,
                () -> run((partition, context) -> {
                    throw new IllegalStateException("another replica failed", JobException.training("expected less"));
                }));
        assertEquals("expected less", e.getMessage());
    }

    @Test
    void anyOtherFailureIsTheStages() {
        TaskFailure e = assertThrows(
                TaskFailure.class,
                () -> run((partition, context) -> {
                    throw new IllegalArgumentException("a picture\nof no size");
                }));
        assertEquals("IllegalArgumentException: a picture", e.getMessage());
        assertTrue(e.getCause() instanceof IllegalArgumentException);
    }

    @Test
    void wordsAreNotTakenForTypes() {
        String words = JobException.class.getName() + ": not at all";
        TaskFailure e = assertThrows(
                TaskFailure.class,
                () -> run((partition, context) -> {
                    throw new IllegalStateException(words);
                }));
        assertEquals("IllegalStateException: " + words, e.getMessage());
    }
}
