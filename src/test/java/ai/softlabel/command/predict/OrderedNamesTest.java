package ai.softlabel.command.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.softlabel.command.bench.MadeFileSystem;
import ai.softlabel.data.Layouts;
import ai.softlabel.data.Names;
import ai.softlabel.score.ScoringEngine;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class OrderedNamesTest {
    private static final int COUNT = 20_500;

    private static JavaSparkContext spark;

    @BeforeAll
    static void start() {
        spark = new JavaSparkContext(new SparkConf()
                .setMaster("local[2]")
                .setAppName("names")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1")
                // The names are more than that.
                .set("spark.driver.maxResultSize", "300k"));
        spark.hadoopConfiguration().set("fs.made.impl", MadeFileSystem.class.getName());
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    @Test
    void theDriverNeverHasTheNames() {
        List<String> expected = IntStream.range(0, COUNT)
                .mapToObj(i -> String.format("d%05d/p%08d.jpg", i / 1000, i))
                .toList();
        try (Names names = Layouts.names("made://" + COUNT + "/", spark)) {
            assertEquals(COUNT, names.count());
            OrderedNames ordered = new OrderedNames(names, 3);
            PredictPlan plan = new PredictPlan(COUNT, 2000, ordered.hash(), "", ScoringEngine.BIGDL, 5, false, "");
            assertEquals(PredictPlan.hash("", expected.iterator()), plan.names());
            JavaRDD<PredictTask.Slice> slices = ordered.slices(plan);
            assertEquals(plan.partitions(), slices.getNumPartitions());
            for (int p : List.of(0, 1, 3, 7, 10)) {
                PredictTask.Slice slice = slices.collectPartitions(new int[] {p})[0].get(0);
                assertEquals(String.format("part-%05d", p), slice.file());
                assertEquals(expected.subList(p * 2000, Math.min(COUNT, (p + 1) * 2000)), slice.names());
            }
            Exception tooMany =
                    assertThrows(Exception.class, () -> names.pictures().collect());
            assertTrue(
                    tooMany instanceof SparkException && tooMany.getMessage().contains("maxResultSize"),
                    tooMany.getMessage());
        }
    }
}
