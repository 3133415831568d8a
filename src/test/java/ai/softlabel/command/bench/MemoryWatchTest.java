package ai.softlabel.command.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("spark")
class MemoryWatchTest {
    private static boolean watching() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(t -> t.getName().equals("softlabel-memory") && t.isAlive());
    }

    private static void fail(JavaSparkContext spark) {
        try (MemoryWatch memory = new MemoryWatch(spark, 1)) {
            assertTrue(watching());
            throw new IllegalStateException("the work failed");
        }
    }

    @Test
    void aWatchEndsWithItsWorkAlsoWhereThatFails() throws InterruptedException {
        SparkConf conf =
                new SparkConf().setMaster("local[1]").setAppName("memory").set("spark.ui.enabled", "false");
        try (JavaSparkContext spark = new JavaSparkContext(conf)) {
            IllegalStateException e = assertThrows(IllegalStateException.class, () -> fail(spark));
            assertEquals("the work failed", e.getMessage());
            for (int i = 0; i < 250 && watching(); i++) {
                Thread.sleep(20);
            }
            assertFalse(watching());

            try (MemoryWatch memory = new MemoryWatch(spark, 1)) {
                MemoryWatch.Result found = memory.end();
                assertTrue(found.whole());
                assertEquals(List.of(found.driver()), found.workers());
                assertTrue(found.driver().heap() > 0, found.toString());
                // The last sample is taken once.
                assertEquals(found, memory.end());
            }
        }
    }
}
