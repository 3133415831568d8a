package ai.softlabel.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Broadcasts that end while the collector is at work. */
@Tag("spark")
class BroadcastsTest {
    private static final int TIMES = 40;

    private final List<String> warnings = new CopyOnWriteArrayList<>();

    @Test
    void oneOwnerReleasesABroadcastOnce() throws Exception {
        AbstractAppender appender = new AbstractAppender("warnings", null, null, true, Property.EMPTY_ARRAY) {
            @Override
            public void append(LogEvent event) {
                if (event.getLevel().isMoreSpecificThan(Level.WARN)
                        && event.getLoggerName().contains("spark.storage")) {
                    warnings.add(
                            event.getLoggerName() + " " + event.getMessage().getFormattedMessage());
                }
            }
        };
        appender.start();
        Logger root = (Logger) LogManager.getRootLogger();
        SparkConf conf =
                new SparkConf().setMaster("local[2]").setAppName("broadcasts").set("spark.ui.enabled", "false");
        try (JavaSparkContext spark = new JavaSparkContext(conf)) {
            root.addAppender(appender);
            for (int i = 0; i < TIMES; i++) {
                once(spark);
                // Nothing refers to it now: Spark's cleaner removes it too.
                System.gc();
            }
            Thread.sleep(1000);
        } finally {
            root.removeAppender(appender);
        }
        assertEquals(List.of(), warnings);
    }

    private static void once(JavaSparkContext spark) {
        Broadcast<float[]> sent = spark.broadcast(new float[3_000_000]);
        assertEquals(
                6_000_000,
                spark.parallelize(List.of(1, 2), 2)
                        .map(i -> sent.value().length)
                        .reduce(Integer::sum));
        Broadcasts.destroy(sent);
        assertThrows(SparkException.class, sent::value);
    }
}
