package ai.softlabel.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DealingTest {
    @ParameterizedTest
    @CsvSource({
        "2 2,0 0 1 1",
        "1 1 1,0 1 2",
        "4 4,0 0 0 0 1 1 1 1",
        "2 2 2,0 0 1 1 2 2",
        "3 3,0 0 1 1 0 1",
        "6,0 0 0 0 0 0",
        "5 1,0 0 0 0 0 1",
        "1 5,1 1 1 1 0 1",
        "3 3 2,0 0 1 1 2 2 0 1",
        "0 2,1 1"
    })
    void blocksAreAlignedPowersOfTwo(String counts, String expected) {
        int[] c = Arrays.stream(counts.split(" ")).mapToInt(Integer::parseInt).toArray();
        assertEquals(
                expected,
                Arrays.stream(Dealing.deal(Arrays.stream(c).sum(), c))
                        .mapToObj(String::valueOf)
                        .collect(Collectors.joining(" ")));
    }

    @Test
    void everyoneGetsHisCount() {
        SplittableRandom r = new SplittableRandom(5);
        for (int round = 0; round < 1000; round++) {
            int[] counts = new int[1 + r.nextInt(7)];
            for (int e = 0; e < counts.length; e++) {
                counts[e] = r.nextInt(12);
            }
            counts[0]++;
            int[] found = new int[counts.length];
            Arrays.stream(Dealing.deal(Arrays.stream(counts).sum(), counts)).forEach(e -> found[e]++);
            assertArrayEquals(counts, found);
        }
    }

    /** On executors of two slots each: where partitions are stored, and where a stage over them runs. */
    @Test
    @Tag("spark")
    void neighboursAreOnOneExecutor() throws Exception {
        SparkConf conf = new SparkConf()
                .setMaster("local-cluster[2,2,1024]")
                .setAppName("dealing")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.executor.memory", "512m")
                .set("spark.executor.extraClassPath", System.getProperty("java.class.path"));
        try (JavaSparkContext spark = new JavaSparkContext(conf)) {
            assertEquals(2, Cluster.await(spark).executors());
            for (int round = 0; round < 3; round++) {
                JavaRDD<Integer> stored = Dealing.parallelize(
                                spark, IntStream.range(0, 4).boxed().toList())
                        .cache();
                assertEquals(4, stored.count());
                List<String> names = BarrierStage.run(
                        stored,
                        String.class,
                        (partition, context) -> partition.next() + " "
                                + org.apache.spark.SparkEnv.get().executorId(),
                        BarrierStage.Patience.of(20));
                String first = names.get(0).substring(2);
                String second = names.get(2).substring(2);
                assertEquals(List.of("0 " + first, "1 " + first, "2 " + second, "3 " + second), names);
                assertEquals(
                        2, names.stream().map(n -> n.substring(2)).distinct().count());
            }
        }
    }
}
