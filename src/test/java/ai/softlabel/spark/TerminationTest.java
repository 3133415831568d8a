package ai.softlabel.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.ExecutorDecommissionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import scala.Option;

class TerminationTest {
    private static final String ONLY = "driver";

    private static JavaSparkContext local() {
        return new JavaSparkContext(
                new SparkConf().setMaster("local[1]").setAppName("end").set("spark.ui.enabled", "false"));
    }

    @Test
    @Tag("spark")
    void anExecutorThatIsDecommissionedLearnsOfIt() {
        try (JavaSparkContext spark = local()) {
            // Spark notes it of executors that have run something.
            assertEquals(2, spark.parallelize(List.of(1, 2), 1).count());
            Termination.Question question = new Termination.Question(ONLY);
            assertEquals(Termination.Answer.NOBODY, Termination.answer(spark.sc(), question));
            spark.sc()
                    .taskScheduler()
                    .executorDecommission(ONLY, new ExecutorDecommissionInfo("its machine is needed", Option.empty()));
            assertEquals(Termination.Answer.EXECUTOR, Termination.answer(spark.sc(), question));
            assertTrue(Termination.decommissioned(spark.sc(), ONLY));
            assertFalse(Termination.decommissioned(spark.sc(), "another"));
            assertEquals(
                    Termination.Answer.NOBODY, Termination.answer(spark.sc(), new Termination.Question("another")));
        }
    }

    @Test
    void noAnswerIsTakenForOneAfterAWhileOnly() {
        assertTrue(Termination.over(List.of(), false));
        assertTrue(Termination.over(List.of(true, true), false));
        assertFalse(Termination.over(List.of(true, false), true));
        List<Object> unknown = new ArrayList<>(Arrays.asList(true, null));
        assertFalse(Termination.over(unknown, false));
        assertTrue(Termination.over(unknown, true));
    }

    /** The task asks in the driver's process. */
    @Test
    @Tag("spark")
    void aStageIsOverWhenItHasEnded() throws Exception {
        try (JavaSparkContext spark = local()) {
            List<String> said = BarrierStage.run(
                    spark.parallelize(List.of(1), 1),
                    String.class,
                    (partition, context) -> context.name() + " " + BarrierStage.over(context.name()),
                    BarrierStage.Patience.of(20));
            String[] fields = said.get(0).split(" ");
            assertEquals("false", fields[1]);
            assertTrue(BarrierStage.over(fields[0]));
        }
    }

    @Test
    void aStageThatDoesNotRunIsOver() {
        assertTrue(BarrierStage.over("a name that no stage has.0"));
    }
}
