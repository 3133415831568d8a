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

    @Test
    @Tag("spark")
    void anExecutorThatIsDecommissionedLearnsOfIt() {
        SparkConf conf = new SparkConf().setMaster("local[1]").setAppName("end").set("spark.ui.enabled", "false");
        try (JavaSparkContext spark = new JavaSparkContext(conf)) {
            // Spark notes it of executors that have run something.
            assertEquals(2, spark.parallelize(List.of(1, 2), 1).count());
            Termination.Question question = new Termination.Question(ONLY);
            assertEquals(Termination.Answer.NOBODY, Termination.answer(spark.sc(), question));
            spark.sc()
                    .taskScheduler()
                    .executorDecommission(ONLY, new ExecutorDecommissionInfo("its machine is needed", Option.empty()));
            assertEquals(Termination.Answer.EXECUTOR, Termination.answer(spark.sc(), question));
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

    @Test
    void aStageThatDoesNotRunIsOver() {
        assertTrue(BarrierStage.over("a name that no stage has.0"));
    }
}
